package contractgen

import (
	"path"
	"reflect"
	"strings"
)

// prefixes tell types of one name apart, by their package. The types of other packages keep their names.
var prefixes = map[string]string{
	"sets":         "Set",
	"control":      "Described",
	"orphans":      "Sweep",
	"undos":        "Undo",
	"google":       "Google",
	"nexusservice": "Nexus",
}

// ownNames are the names of definitions that no rule gives.
var ownNames = map[string]string{
	"sets.Part":    "SetPart",
	"undos.Record": "UndoRecord",
}

// nameOf is the name of a type's definition.
func nameOf(t reflect.Type) string {
	pkg := path.Base(t.PkgPath())
	if name, ok := ownNames[pkg+"."+t.Name()]; ok {
		return name
	}
	prefix := prefixes[pkg]
	if strings.HasPrefix(t.Name(), prefix) {
		return t.Name()
	}
	return prefix + t.Name()
}

// keyOf is the key of an operation or a service for a registered name: "spannerGetBackup" for
// "awaitop.spanner.GetBackup".
func keyOf(name string) string {
	var key strings.Builder
	for _, part := range strings.Split(strings.TrimPrefix(name, "awaitop."), ".") {
		key.WriteString(upperFirst(part))
	}
	return lowerFirst(key.String())
}

// The words that cannot be a member's name in a language, among the names of fields. Other languages take them.
var (
	pythonWords = []string{"from", "in", "class", "is", "not", "and", "or", "with", "global", "pass", "import", "raise", "None"}
	javaWords   = []string{"class", "default", "final", "package", "import", "new", "this", "static", "public", "interface"}
)
