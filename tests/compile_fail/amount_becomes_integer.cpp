// NUM_002: an amount does not become an integer by itself
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
std::int64_t raw(Amount a) { return a.raw(); }
#else
std::int64_t raw(Amount a) { return a; }  // refused
#endif
