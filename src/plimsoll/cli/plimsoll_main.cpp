#include "plimsoll/cli/app.hpp"

int main(int argc, char** argv) { return plimsoll::cli::run_app(argc, argv); }
