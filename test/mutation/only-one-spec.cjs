// A filter for Jest: of the specs only the one that the environment names (spec-by-spec.mjs); all where it names none.
module.exports = (specs) => {
  const { MUTATION_SPEC: only } = process.env;
  return { filtered: only === undefined ? specs : specs.filter((spec) => spec === only) };
};
