// NUM_002: an amount and a price have no order
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
bool below(Amount a, Amount b) { return a < b; }
#else
bool below(Amount a, Price b) { return a < b; }  // refused
#endif
