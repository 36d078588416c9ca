package snippets

import (
	"fmt"
	"strings"
)

// Fence is a fenced block of a document, of any language.
type Fence struct {
	Path string // of the document
	Line int    // of the first line of text, from 1
	Info string // the words after the three backticks: the language, and what it is for
	Text string
}

// Fences returns the fenced blocks of a document in their order.
func Fences(path, text string) ([]Fence, error) {
	var found []Fence
	var current *Fence
	number := 0
	for line := range strings.Lines(text) {
		number++
		info, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && current != nil:
			found = append(found, *current)
			current = nil
		case isFence:
			current = &Fence{Path: path, Line: number + 1, Info: strings.Join(strings.Fields(info), " ")}
		case current != nil:
			current.Text += line
		}
	}
	if current != nil {
		return nil, fmt.Errorf("%s:%d: the block does not end", path, current.Line)
	}
	return found, nil
}

// File is the name of the file that a reader shall save the block as: of the info "go file main.go", main.go.
func (f Fence) File() (name string, ok bool) {
	_, what, _ := strings.Cut(f.Info, " ")
	return strings.CutPrefix(what, "file ")
}
