#include <plimsoll/engine/engine.hpp>
int main() {
    plimsoll::Engine engine{plimsoll::Limits{}};
    return engine.execute({{}, 1, plimsoll::command::OpenAccount{}}).accepted() ? 0 : 1;
}
