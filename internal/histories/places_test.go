package histories_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// commanding are the functions of the SDK that issue commands, or run code that does.
var commanding = []string{
	"ExecuteActivity", "ExecuteChildWorkflow", "NewTimer", "NewTimerWithOptions", "Sleep",
	"UpsertTypedSearchAttributes", "NewContinueAsNewError", "Go",
}

// place is a statement of workflow code that may issue commands, before which a timer can
// be inserted.
type place struct {
	file      string
	function  string
	line      int
	offset    int
	statement string // its first line
}

// key names the place, whatever stands before it in its file.
func (p place) key() string { return p.function + ": " + p.statement }

func (p place) String() string {
	return fmt.Sprintf("%s:%d, in %s", filepath.Base(p.file), p.line, p.function)
}

// places finds the statements of a package that may issue commands: those that call one of
// the commanding functions, or a function of the package that calls one. Functions are told
// apart by their name alone, which finds too many rather than too few.
func places(t *testing.T, folder string) []place {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	parsed := make(map[string]*ast.File)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if parsed[name], err = parser.ParseFile(set, name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	finder := &finder{set: set, commanding: commandingIn(parsed)}
	for _, name := range slices.Sorted(maps.Keys(parsed)) {
		finder.text = read(t, name)
		for _, decl := range parsed[name].Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				finder.function = f.Name.Name
				finder.find(f.Type, f.Body, false)
			}
		}
	}
	slices.SortFunc(finder.places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.offset, b.offset))
	})
	return finder.places
}

// commandingIn are the names of the functions that may issue commands.
func commandingIn(files map[string]*ast.File) map[string]bool {
	names := make(map[string]bool)
	for _, name := range commanding {
		names[name] = true
	}
	for grown := true; grown; {
		grown = false
		for _, file := range files {
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if ok && f.Body != nil && !names[f.Name.Name] && calls(f.Body, names, true) {
					names[f.Name.Name], grown = true, true
				}
			}
		}
	}
	return names
}

// calls reports whether a node calls one of the functions. What is in blocks and function
// literals within counts only if nested is set.
func calls(node ast.Node, names map[string]bool, nested bool) (found bool) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.FuncLit, *ast.CaseClause, *ast.CommClause:
			return nested || n == node
		case *ast.CallExpr:
			switch f := n.Fun.(type) {
			case *ast.Ident:
				found = found || names[f.Name]
			case *ast.SelectorExpr:
				found = found || names[f.Sel.Name]
			}
		}
		return true
	})
	return found
}

type finder struct {
	set        *token.FileSet
	commanding map[string]bool
	function   string
	text       string // of the file
	places     []place
}

// find finds the places in a function. outer says that the function around a literal has a
// workflow's context in scope.
func (f *finder) find(signature *ast.FuncType, body *ast.BlockStmt, outer bool) {
	scoped := outer
	for _, param := range signature.Params.List {
		for _, name := range param.Names {
			if name.Name == "ctx" {
				scoped = isWorkflowContext(param.Type)
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			f.find(n.Type, n.Body, scoped)
			return false
		case *ast.BlockStmt:
			f.statements(n.List, scoped)
		case *ast.CaseClause:
			f.statements(n.Body, scoped)
		}
		return true
	})
}

func isWorkflowContext(expr ast.Expr) bool {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Context" {
		return false
	}
	of, ok := selector.X.(*ast.Ident)
	return ok && of.Name == "workflow"
}

func (f *finder) statements(list []ast.Stmt, scoped bool) {
	for _, statement := range list {
		switch statement.(type) {
		case *ast.CaseClause, *ast.CommClause: // of a switch's block
			continue
		}
		if scoped && calls(statement, f.commanding, false) {
			at := f.set.Position(statement.Pos())
			line, _, _ := strings.Cut(f.text[at.Offset:], "\n")
			line, _, _ = strings.Cut(line, " //")
			f.places = append(f.places, place{file: at.Filename, function: f.function, line: at.Line, offset: at.Offset, statement: line})
		}
	}
}

// insert writes copies of the files with a call before each place, and returns them by the
// names of the files that they stand for.
func insert(t *testing.T, places []place) map[string]string {
	t.Helper()
	folder := t.TempDir()
	copies := make(map[string]string)
	for i := len(places) - 1; i >= 0; i-- { // from the end, so that offsets stay
		p := places[i]
		if copies[p.file] == "" {
			copies[p.file] = filepath.Join(folder, fmt.Sprintf("%d.go", i))
			write(t, copies[p.file], read(t, p.file))
		}
		text := read(t, copies[p.file])
		write(t, copies[p.file], text[:p.offset]+fmt.Sprintf("insertTimer(ctx, %d); ", i+1)+text[p.offset:])
	}
	return copies
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
