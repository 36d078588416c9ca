// Package filter reads and applies list filters as Spanner's reference and
// AIP-160 describe them: comparisons of fields, joined by AND, OR, NOT, "-",
// parentheses and mere juxtaposition, which is AND. OR binds tighter than AND:
// "a AND b OR c" is "a AND (b OR c)". Names and values are not case-sensitive.
package filter
