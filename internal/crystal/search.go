package crystal

// sameOcc is how much occupancies of equivalent sites may differ: rounding in
// the third digit.
const sameOcc = 5e-3
