// NUM_005: a root without a direction does not compile
#include "plimsoll/money/root.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
UWide root(UWide x) { return square_root(x, Toward::up); }
#else
UWide root(UWide x) { return square_root(x); }  // refused
#endif
