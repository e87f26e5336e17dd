module.exports = require('./load.cjs')('preact-render-to-string', { preact: require('./preact.cjs') });
