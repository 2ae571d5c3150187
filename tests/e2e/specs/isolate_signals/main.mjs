import { isolate } from 'dv8:isolate';

const code = `isolate.env.ready({
  work: function(signal) {
    if (signal.aborted) return 'aborted before: ' + signal.reason;
    return new Promise(function(resolve, reject) {
      signal.addEventListener('abort', function() {
        try { signal.throwIfAborted(); } catch (error) { reject(error); }
      });
    });
  },
});`;

function start(sandbox) {
  return new Promise((resolve) => {
    isolate.spawn({
      code,
      sandbox,
      env: {
        async ready(api) {
          const controller = new AbortController();
          const work = api.work(controller.signal);
          setTimeout(() => controller.abort(new Error('enough')), 5);
          await work.catch((error) => console.log(error.message));
          console.log(await api.work(AbortSignal.abort('early')));
          resolve();
        },
      },
    });
  });
}

await start(false);
await start(true);
isolate.exit();
