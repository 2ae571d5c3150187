module.exports = (request) => ({ method: request.method, url: request.url });
