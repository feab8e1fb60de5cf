// NUM_002: an integer does not become an amount by itself
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
Amount five() { return Amount::from_raw(5); }
#else
Amount five() { return 5; }  // refused
#endif
