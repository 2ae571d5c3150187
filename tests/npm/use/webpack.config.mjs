export default {
  mode: 'production',
  entry: './main.mjs',
  module: { rules: [{ test: /sum\.js$/, use: new URL('./webpack-loader.cjs', import.meta.url).pathname }] },
};
