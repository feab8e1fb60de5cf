// NUM_001: a division without a direction does not compile
#include "plimsoll/money/round.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
Wide half(Wide x) { return divide(x, 2, Round::ceil); }
#else
Wide half(Wide x) { return divide(x, 2); }  // refused
#endif
