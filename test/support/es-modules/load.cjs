const { buildSync } = require('esbuild');

/**
 * A package of ES modules alone, made one CommonJS module: jest loads no other from a test that was compiled to CommonJS.
 * The package itself is what is tested; the bundles of the functions carry it as esbuild packs it there.
 * @param {string} name
 * @param {Readonly<Record<string, unknown>>} shared packages that it has in common with others, and does not bring itself
 */
module.exports = (name, shared = {}) => {
  const { outputFiles } = buildSync({
    stdin: { contents: `export * from ${JSON.stringify(name)}`, resolveDir: __dirname },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: Object.keys(shared),
    write: false,
  });
  const loaded = { exports: {} };
  const load = (/** @type {string} */ wanted) => shared[wanted];
  new Function('module', 'exports', 'require', outputFiles[0].text)(loaded, loaded.exports, load);
  return loaded.exports;
};
