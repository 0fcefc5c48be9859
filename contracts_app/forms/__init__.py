"""Forms of the contracts app; the contract's own form is made of `controls` over its YAML."""
