const here = 1;
import './gone.js';
