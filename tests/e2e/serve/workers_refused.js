import { serve, workerId } from 'dv8:serve';

console.log(workerId());
for (const options of [{ workers: 0 }, { workers: 1.5 }, { workers: 2, unix: '/tmp/x' }]) {
  try {
    serve({ fetch() {}, ...options });
  } catch (error) {
    console.log(error.code, error.message);
  }
}
