package snippets

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// Source returns the block as a Go file that compiles if the block does. Positions in errors are the document's.
func Source(b Block) (string, error) {
	if strings.HasPrefix(b.Code, "package ") {
		return at(b) + b.Code, nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", code(b, nil), 0)
	if err != nil {
		return "", fmt.Errorf("parse the block: %w", err)
	}
	var declarations strings.Builder
	for _, name := range unresolved(file) {
		if declaration, ok := given[name]; ok {
			declarations.WriteString(declaration + "\n")
		}
	}
	body := code(b, unused(file)) + "\n" + declarations.String()
	if file, err = parser.ParseFile(token.NewFileSet(), "", body, 0); err != nil {
		return "", err
	}
	return strings.Replace(body, clause, clause+importsOf(file), 1), nil
}

const clause = "package snippet\n"

// at has the compiler take what follows for the block.
func at(b Block) string { return fmt.Sprintf("//line %s:%d\n", b.Path, b.Line) }

// code is the block in the function that it is the body of, which uses the variables that the block leaves unused.
func code(b Block, unused []string) string {
	if b.Kind == KindFile {
		return clause + at(b) + b.Code
	}
	var uses strings.Builder
	for _, name := range unused {
		uses.WriteString("_ = " + name + "\n")
	}
	end := "return nil\n"
	if b.Kind == KindTest {
		end = ""
	}
	return clause + signatures[b.Kind] + " {\n{\n" + at(b) + b.Code + uses.String() + "}\n" + end + "}\n"
}

// unresolved are the names that a file does not declare, sorted.
func unresolved(file *ast.File) []string {
	names := map[string]bool{}
	for _, ident := range file.Unresolved {
		names[ident.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// unused are the variables of a block's outermost scope, which the compiler wants to be used.
func unused(file *ast.File) []string {
	names := map[string]bool{}
	for _, statement := range statements(file) {
		switch s := statement.(type) {
		case *ast.AssignStmt:
			for _, left := range s.Lhs {
				if name, ok := left.(*ast.Ident); ok && s.Tok == token.DEFINE {
					names[name.Name] = true
				}
			}
		case *ast.DeclStmt:
			for _, spec := range s.Decl.(*ast.GenDecl).Specs {
				if value, ok := spec.(*ast.ValueSpec); ok {
					names[value.Names[0].Name] = true
				}
			}
		}
	}
	delete(names, "_")
	return slices.Sorted(maps.Keys(names))
}

// statements are those of the function that a block is the body of; none for declarations.
func statements(file *ast.File) []ast.Stmt {
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Name.Name == "_" {
			return function.Body.List[0].(*ast.BlockStmt).List
		}
	}
	return nil
}

// importsOf imports the packages whose names a file uses, unless it has imports of its own.
func importsOf(file *ast.File) string {
	if len(file.Imports) > 0 {
		return ""
	}
	var out strings.Builder
	for _, name := range unresolved(file) {
		if path, ok := packages[name]; ok {
			fmt.Fprintf(&out, "import %s %q\n", name, path)
		}
	}
	return out.String()
}
