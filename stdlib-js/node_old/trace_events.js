// node:trace_events: a packed program traces nothing.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:trace_events', 'createTracing'),
  getEnabledCategories: () => undefined,
};
