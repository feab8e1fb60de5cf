// NUM_003: a 128-bit number is narrowed only by name
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
Amount amount(Wide x) { return Amount::narrow(x); }
#else
Amount amount(Wide x) { return Amount::from_raw(x); }  // refused
#endif
