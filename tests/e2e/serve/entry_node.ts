// The same in TypeScript, of a class, with something of Node's library and an await at the top level.
import { basename } from 'node:path';

class App {
  #name = basename('/some/app');
  port = 0;
  hostname = '127.0.0.1';
  onListen({ port }: { port: number }): void { console.log(port); }
  async fetch(request: Request): Promise<Response> {
    return new Response(`${this.#name} ${new URL(request.url).pathname}\n`);
  }
}
await null;
export default new App();
