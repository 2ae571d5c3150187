// What cannot start is told when it is packed.
import './asks.mjs';
