const { buildSync } = require('esbuild');

/**
 * A package of ES modules alone, made one CommonJS module: jest loads no other from a test that was compiled to CommonJS.
 * The package itself is what is tested; the bundles of the functions carry it as esbuild packs it there.
 * @param {string} name
 */
module.exports = (name) => {
  const { outputFiles } = buildSync({
    stdin: { contents: `export * from ${JSON.stringify(name)}`, resolveDir: __dirname },
    bundle: true,
    format: 'cjs',
    write: false,
  });
  const loaded = { exports: {} };
  new Function('module', 'exports', outputFiles[0].text)(loaded, loaded.exports);
  return loaded.exports;
};
