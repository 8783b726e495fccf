export default {
  extends: ["stylelint-config-standard", "stylelint-config-html"],
  rules: {
    "selector-pseudo-class-no-unknown": [true, { ignorePseudoClasses: ["global"] }],
    // Colours are named in tokens.css and nowhere else.
    "color-no-hex": true,
    "function-disallowed-list": ["rgb", "hsl"],
    "custom-property-empty-line-before": null,
    "declaration-empty-line-before": null,
    "rule-empty-line-before": ["always-multi-line", { except: ["first-nested"], ignore: ["after-comment"] }],
    "lightness-notation": "number",
    "hue-degree-notation": "number",
    "alpha-value-notation": "number",
    "no-descending-specificity": null,
  },
};
