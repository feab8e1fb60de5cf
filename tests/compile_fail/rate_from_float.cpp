// NUM_002: a rate is not made from a floating-point number
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
Rate half() { return Rate::from_raw(500'000'000); }
#else
Rate half() { return Rate::from_raw(0.5e9 + 0.25); }  // refused
#endif
