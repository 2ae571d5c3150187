import shared from './shared.js';

export default `plugin with ${shared}`;
