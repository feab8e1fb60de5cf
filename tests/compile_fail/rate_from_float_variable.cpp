// NUM_002: a rate is not made from a floating-point variable
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
Rate rate(std::int64_t x) { return Rate::from_raw(x); }
#else
Rate rate(double x) { return Rate::from_raw(x); }  // refused
#endif
