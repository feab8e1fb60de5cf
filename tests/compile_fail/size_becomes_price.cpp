// NUM_002: a size is not assigned to a price
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
void set(Price& a, Price b) { a = b; }
#else
void set(Price& a, Size b) { a = b; }  // refused
#endif
