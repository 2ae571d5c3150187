console.log(process.execArgv.length, typeof gc, process.env.FROM_DOTENV, Object.keys(globalThis).includes('injected'));
