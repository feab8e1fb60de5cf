// NUM_002: counts do not multiply without a named rounding
#include "plimsoll/money/count.hpp"

using namespace plimsoll;

#ifdef PLIM_CONTROL
Wide product(Size a, Rate b) { return Wide{a.raw()} * b.raw(); }
#else
Wide product(Size a, Rate b) { return a * b; }  // refused
#endif
