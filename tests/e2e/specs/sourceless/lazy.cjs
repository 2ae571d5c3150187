exports.lazily = () => 'lazily';
