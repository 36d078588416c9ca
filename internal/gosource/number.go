package gosource

import (
	"go/ast"
	"go/token"
)

// units are those of durations, as people write them.
var units = map[string]string{"Second": "s", "Minute": "min", "Hour": "h"}

// numberText is a number, or a number of units of time, as people write it. It is "" for another expression.
func numberText(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.BasicLit:
		if e.Kind == token.INT || e.Kind == token.FLOAT {
			return e.Value
		}
	case *ast.SelectorExpr:
		if unit := unitOf(e); unit != "" {
			return "1 " + unit
		}
	case *ast.BinaryExpr:
		number, unit := numberText(e.X), unitOf(e.Y)
		if e.Op == token.MUL && number != "" && unit != "" {
			return number + " " + unit
		}
	}
	return ""
}

// unitOf is the unit of an expression such as time.Minute, "" for another.
func unitOf(expr ast.Expr) string {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok || typeText(selector.X) != "time" {
		return ""
	}
	return units[selector.Sel.Name]
}
