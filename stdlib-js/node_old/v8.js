// node:v8: what of it has a meaning here.
import { heapStatistics } from 'internal:process';
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';

const names = ['total_heap_size', 'total_heap_size_executable', 'total_physical_size', 'total_available_size', 'used_heap_size',
               'heap_size_limit', 'malloced_memory', 'peak_malloced_memory', 'does_zap_garbage', 'number_of_native_contexts',
               'number_of_detached_contexts', 'total_global_handles_size', 'used_global_handles_size', 'external_memory'];

const Serializer = notSupportedClass('node:v8', 'Serializer', Object);
const Deserializer = notSupportedClass('node:v8', 'Deserializer', Object);

export default {
  ...notSupportedAll('node:v8', 'GCProfiler cachedDataVersionTag deserialize getCppHeapStatistics getHeapCodeStatistics getHeapSnapshot ' +
    'queryObjects serialize setHeapSnapshotNearHeapLimit startCpuProfile stopCoverage takeCoverage writeHeapSnapshot'),
  DefaultDeserializer: notSupportedClass('node:v8', 'DefaultDeserializer', Deserializer),
  DefaultSerializer: notSupportedClass('node:v8', 'DefaultSerializer', Serializer),
  Deserializer,
  Serializer,
  getHeapStatistics() {
    const numbers = heapStatistics();
    return Object.fromEntries(names.map((name, i) => [name, numbers[i]]));
  },
  getHeapSpaceStatistics: () => [],
  setFlagsFromString() {
    throw new Error('V8\'s flags are set when a program is packed: --v8-flags');
  },
  startupSnapshot: { isBuildingSnapshot: () => false, addSerializeCallback() {}, addDeserializeCallback() {}, setDeserializeMainFunction() {} },
};
