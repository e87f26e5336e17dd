module.exports = require('./load.cjs')('d3-shape');
