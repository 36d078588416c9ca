package gosource

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// fields are the named fields of a struct type, nil for another type.
func fields(expr ast.Expr, set *token.FileSet) (all []Field) {
	structure, ok := expr.(*ast.StructType)
	if !ok {
		return nil
	}
	last, line := "", 0 // the comment above, and the line where the field below it ends
	for _, f := range structure.Fields.List {
		doc := f.Doc.Text()
		adjacent := set.Position(f.Pos()).Line == line+1
		for _, name := range f.Names {
			own := Field{Name: name.Name, Type: typeText(f.Type), Tag: tag(f.Tag), Doc: doc}
			if own.Inherits = doc == "" && adjacent && names(last, name.Name); own.Inherits {
				own.Doc = last
			}
			all = append(all, own)
		}
		if doc != "" || !adjacent {
			last = doc
		}
		line = set.Position(f.End()).Line
	}
	return all
}

// names reports whether a comment has a field's name as a word.
func names(doc, field string) bool {
	for word := range strings.FieldsSeq(doc) {
		if strings.Trim(word, ".,:;()'") == field || strings.TrimSuffix(word, "'s") == field {
			return true
		}
	}
	return false
}

func tag(literal *ast.BasicLit) string {
	if literal == nil {
		return ""
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return text
}

// typeText is a type as the source writes it, "" for none and for a type that no field here has.
func typeText(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeText(e.X)
	case *ast.SelectorExpr:
		return typeText(e.X) + "." + e.Sel.Name
	case *ast.ArrayType:
		return "[]" + typeText(e.Elt)
	default:
		return ""
	}
}
