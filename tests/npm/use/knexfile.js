const { Client } = require('knex');

module.exports = { client: class extends Client {}, seeds: { directory: './seeds' } };
