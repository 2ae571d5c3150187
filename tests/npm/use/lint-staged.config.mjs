export default { '*.js': (files) => files.map((file) => `wc -c ${file}`) };
