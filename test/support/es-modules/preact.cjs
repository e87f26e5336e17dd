module.exports = require('./load.cjs')('preact');
