import fc from 'fast-check';

// FC_SEED=$RANDOM looks elsewhere; the default stays put, so that a red run is a change's and not chance's.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20260301) });

export default fc;
