package catalog

import (
	"fmt"
	"strings"
)

// Where is the part of a request that has a field.
type Where int

// The parts of a request.
const (
	// Nowhere: the request does not have the field.
	Nowhere Where = iota
	// InQuery: a parameter of the URL.
	InQuery
	// InBody: a field of the body.
	InBody
	// InText: a part of the text in a field of the body, such as a database's id in a statement.
	InText
	// InName: the last segment of the name in a field of the body.
	InName
	// ByServer: the server chooses the value.
	ByServer
	// Unknown: the documents do not tell, and nobody has looked.
	Unknown
)

var whereWords = [...]string{"nowhere", "in the query", "in the body", "in a text in the body", "in a name in the body", "by the server", "unknown"}

// String is the part in words.
func (w Where) String() string {
	if w < 0 || int(w) >= len(whereWords) {
		return fmt.Sprintf("Where(%d)", int(w))
	}
	return whereWords[w]
}

// Place is where a field of a request stands.
type Place struct {
	In Where
	// Field is its name. In a body it may have dots: "cluster.name".
	Field string
}

// newPlace reads "?FIELD", ".FIELD", "~FIELD" for a text, "/FIELD" for a name, "name", "server" or
// "hand".
func newPlace(text string) Place {
	switch {
	case strings.HasPrefix(text, "?"):
		return Place{InQuery, text[1:]}
	case strings.HasPrefix(text, "."):
		return Place{InBody, text[1:]}
	case strings.HasPrefix(text, "~"):
		return Place{InText, text[1:]}
	case strings.HasPrefix(text, "/"):
		return Place{InName, text[1:]}
	case text == "server":
		return Place{In: ByServer}
	case text == "name":
		return Place{InBody, "name"}
	default:
		return Place{In: Unknown}
	}
}
