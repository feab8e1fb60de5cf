// NUM_002: an amount and a rate do not compare
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
bool same(Amount a, Amount b) { return a == b; }
#else
bool same(Amount a, Rate b) { return a == b; }  // refused
#endif
