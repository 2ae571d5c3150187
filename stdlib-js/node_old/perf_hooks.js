// node:perf_hooks.
import web from '../web/performance.js';
import { ERR_INVALID_ARG_TYPE } from '../internal/errors.js';

const constants = Object.freeze({
  NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_WEAKCB: 16, NODE_PERFORMANCE_GC_FLAGS_NO: 0,
});

// Values in a sorted list: exact, for the sizes that programs use.
class Histogram {
  #values = [];
  record(value) {
    if (typeof value !== 'number' && typeof value !== 'bigint') throw new ERR_INVALID_ARG_TYPE('val', ['integer', 'bigint'], value);
    this.#values.push(Number(value));
    this.#values.sort((a, b) => a - b);
  }

  reset() { this.#values = []; }
  get count() { return this.#values.length; }
  get min() { return this.#values[0] ?? 9223372036854776000; }
  get max() { return this.#values.at(-1) ?? 0; }
  get mean() { return this.#values.reduce((sum, value) => sum + value, 0) / this.#values.length; }
  get stddev() {
    const { mean } = this;
    return Math.sqrt(this.#values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / this.#values.length);
  }

  get exceeds() { return 0; }
  percentile(p) { return this.#values[Math.max(0, Math.ceil((p / 100) * this.#values.length) - 1)] ?? 0; }
}

export default {
  ...web,
  constants,
  createHistogram: () => new Histogram(),
  monitorEventLoopDelay: () => Object.assign(new Histogram(), { enable: () => true, disable: () => true }),
  eventLoopUtilization: web.performance.eventLoopUtilization,
  timerify: web.performance.timerify,
};
