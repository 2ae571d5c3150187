exports.where = () => [__dirname, __filename, require.main === module];
