package gosource

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// Package is what the source of a package says, without its tests.
type Package struct {
	// Types are the package's own, by name.
	Types map[string]*Type
	// Functions are the comments of functions, and of methods as "Type.Method".
	Functions map[string]string
	// Constants are those with a text as their value, in the order of files and lines.
	Constants []Constant
	// Numbers are constants that are a number, or a number of seconds, minutes or hours, as people write them: "10 min".
	Numbers map[string]string
}

// Type is a type of a package.
type Type struct {
	Doc string
	// Fields are those of a struct, in their order.
	Fields []Field
}

// Field is a named field of a struct.
type Field struct {
	Name string
	// Type is as the source writes it, such as "*Resume".
	Type string
	// Tag is the field's, without quotes.
	Tag string
	// Doc is the comment above the field. A field without one, right below one whose comment names it, Inherits that.
	Doc      string
	Inherits bool
}

// Constant is a constant whose value is a text.
type Constant struct {
	Name, Value string
	// Type is the type that the source writes, "" for none.
	Type string
	Doc  string
}

// Values are the constants of a type, in their order.
func (p *Package) Values(typeName string) (values []string) {
	for _, c := range p.Constants {
		if c.Type == typeName {
			values = append(values, c.Value)
		}
	}
	return values
}

// Field returns a type's field, and whether it has one of that name.
func (t *Type) Field(name string) (Field, bool) {
	if t != nil {
		for _, f := range t.Fields {
			if f.Name == name {
				return f, true
			}
		}
	}
	return Field{}, false
}

// read reads the package of a folder.
func read(folder string) (*Package, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	p := &Package{Types: map[string]*Type{}, Functions: map[string]string{}, Numbers: map[string]string{}}
	set := token.NewFileSet()
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(set, file, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		p.add(parsed, set)
	}
	if len(p.Types)+len(p.Functions)+len(p.Constants) == 0 {
		return nil, fmt.Errorf("%s has no source", folder)
	}
	return p, nil
}

func (p *Package) add(file *ast.File, set *token.FileSet) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			p.Functions[receiver(d)+d.Name.Name] = d.Doc.Text()
		case *ast.GenDecl:
			p.addSpecs(d, set)
		}
	}
}

// receiver is "Type." for a method, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	return strings.TrimPrefix(typeText(d.Recv.List[0].Type), "*") + "."
}

func (p *Package) addSpecs(d *ast.GenDecl, set *token.FileSet) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			p.Types[s.Name.Name] = &Type{Doc: above(s.Doc, d).Text(), Fields: fields(s.Type, set)}
		case *ast.ValueSpec:
			if d.Tok == token.CONST {
				p.addConstant(s, above(s.Doc, d).Text())
			}
		}
	}
}

// above is the comment of a specification: its own or, without parentheses, that of its declaration.
func above(own *ast.CommentGroup, d *ast.GenDecl) *ast.CommentGroup {
	if own == nil && !d.Lparen.IsValid() {
		return d.Doc
	}
	return own
}

// addConstant adds a constant whose value is a literal text or a number.
func (p *Package) addConstant(s *ast.ValueSpec, doc string) {
	for i, name := range s.Names {
		if i >= len(s.Values) {
			continue
		}
		if number := numberText(s.Values[i]); number != "" {
			p.Numbers[name.Name] = number
			continue
		}
		literal, ok := s.Values[i].(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			continue
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			continue
		}
		p.Constants = append(p.Constants, Constant{Name: name.Name, Value: value, Type: typeText(s.Type), Doc: doc})
	}
}
