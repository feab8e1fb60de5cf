// NUM_002: a price and a size do not add
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
Price sum(Price a, Price b) { return a + b; }
#else
Price sum(Price a, Size b) { return a + b; }  // refused
#endif
