import { createApp } from './server.ts';

const port = Number(process.env.PORT ?? 8080);
const { server, stop } = createApp();

server.on('error', (error) => {
  console.error(`my-app: ${error.message}`);
  process.exitCode = 1;
});
server.listen(port, () => console.log(`listening on port ${(server.address() as { port: number }).port}`));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    console.log(`${signal}: stopping`);
    void stop(10_000).then(() => console.log('stopped'));
  });
}
