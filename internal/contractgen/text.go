package contractgen

import (
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var (
	docLink = regexp.MustCompile(`\[\*?([A-Za-z_.]+)\]`)
	word    = regexp.MustCompile(`([a-z]+\.)?[A-Za-z]+`)
)

// wording turns comments of Go into descriptions for readers of JSON.
type wording struct {
	constants map[string]string // the values of constants, by "Name" and by "package.Name"
	numbers   map[string]string // those of constants that are numbers
	fields    map[string]string // names in JSON, by compound names in Go
	types     map[string]bool   // the types of lro
}

// text is a comment as a description: without links, with names as JSON has them. siblings are the names in JSON of the
// fields that the comment is among.
func (w wording) text(doc string, siblings map[string]string) string {
	return paragraphs(w.words(doc, siblings))
}

func (w wording) words(doc string, siblings map[string]string) string {
	doc = docLink.ReplaceAllString(doc, "$1")
	var out strings.Builder
	at := 0
	for _, found := range word.FindAllStringIndex(doc, -1) {
		out.WriteString(doc[at:found[0]])
		out.WriteString(w.word(doc[:found[0]], doc[found[0]:found[1]], siblings))
		at = found[1]
	}
	return out.String() + doc[at:]
}

// word is a word as JSON has it. What stands in quotes stays.
func (w wording) word(before, name string, siblings map[string]string) string {
	pkg, short, qualified := strings.Cut(name, ".")
	switch {
	case name == "nil" && beginsSentence(before):
		return "Absent"
	case name == "nil":
		return "absent"
	case w.fields[name] != "" && isOfWritten(before):
		return w.fields[name]
	case strings.HasSuffix(before, `"`), strings.HasSuffix(before, "/"), strings.HasSuffix(before, "."):
		return name
	case !qualified:
		pkg, short = "", name
	}
	if value := w.constants[name]; value != "" && (pkg != "" || isCompound(name) || strings.HasSuffix(before, "Default ")) {
		return "`" + value + "`"
	}
	if number := w.numbers[name]; number != "" {
		return number
	}
	if inJSON := siblings[short]; inJSON != "" && pkg == "" && short != "In" && !w.isType(before, short) {
		return "`" + inJSON + "`"
	}
	if inJSON := w.fields[short]; inJSON != "" {
		return "`" + inJSON + "`"
	}
	return name
}

// beginsSentence reports whether a sentence begins after a text.
func beginsSentence(before string) bool {
	before = strings.TrimRight(before, " \n")
	return before == "" || strings.HasSuffix(before, ".")
}

// isOfWritten reports whether the name after a text is that of a field: "SweepInput.MaxFindings".
func isOfWritten(before string) bool {
	return slices.ContainsFunc(written, func(t reflect.Type) bool { return strings.HasSuffix(before, t.Name()+".") })
}

// isType reports whether a name after a text means a type of lro's: it has an article.
func (w wording) isType(before, name string) bool {
	return w.types[name] && slices.ContainsFunc([]string{"a ", "an ", "the "}, func(article string) bool { return strings.HasSuffix(before, article) })
}

// ofField is the comment of a field, which may begin with the field's name.
func (w wording) ofField(f field, doc string, siblings map[string]string) string {
	if rest, ok := strings.CutPrefix(doc, f.goName+" "); ok {
		return paragraphs("`" + f.name + "` " + w.words(rest, siblings))
	}
	return w.text(doc, siblings)
}

// constant is the comment of a constant, which begins with the constant's name.
func (w wording) constant(name, doc string) string {
	for _, form := range []string{" is the ", ": ", " is ", " "} {
		if rest, ok := strings.CutPrefix(doc, name+form); ok {
			return upperFirst(w.text(rest, nil))
		}
	}
	return w.text(doc, nil)
}

// width is that of a description's lines, in bytes.
const width = 100

// paragraphs breaks the lines of each paragraph and of each entry of a list. Code keeps its lines.
func paragraphs(doc string) string {
	var out []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(doc), "\n\n") {
		if strings.HasPrefix(paragraph, "\t") {
			out = append(out, strings.ReplaceAll(paragraph, "\t", "    "))
			continue
		}
		var entries []string
		for line := range strings.Lines(paragraph) {
			line = strings.TrimSpace(line)
			if len(entries) == 0 || strings.HasPrefix(line, "- ") {
				entries = append(entries, line)
			} else {
				entries[len(entries)-1] += " " + line
			}
		}
		for i := range entries {
			entries[i] = wrapped(entries[i])
		}
		out = append(out, strings.Join(entries, "\n"))
	}
	return strings.Join(out, "\n\n")
}

// wrapped is a text in lines of width.
func wrapped(text string) string {
	var out strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column > 0 && column+1+len(word) > width:
			out.WriteByte('\n')
			column = 0
		case column > 0:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	return out.String()
}

// sentence is the first sentence of a comment.
func sentence(doc string) string {
	first, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(doc), "\n", " "), "  ")
	if at := strings.Index(first, ". "); at >= 0 {
		return first[:at+1]
	}
	return first
}

// packages are those whose constants comments name.
var packages = []string{"lro", "workflows", "activities", "activities/starters", "activities/orphans", "activities/cancels", "internal/sets", "control"}

// readWording reads the constants, and the names of fields of the types that users write.
func (d *definitions) readWording() wording {
	w := wording{constants: map[string]string{}, numbers: map[string]string{}, fields: map[string]string{}, types: map[string]bool{}}
	for _, name := range packages {
		p := d.pkg(library + name)
		for _, c := range p.Constants {
			w.constants[path.Base(name)+"."+c.Name] = c.Value
			w.constants[c.Name] = c.Value
		}
		for constant, number := range p.Numbers {
			if isCompound(constant) {
				w.numbers[constant], w.numbers[path.Base(name)+"."+constant] = number, number
			}
		}
		for _, t := range p.Types {
			for _, f := range t.Fields {
				if isCompound(f.Name) {
					w.fields[f.Name] = lowerFirst(f.Name)
				}
			}
		}
	}
	for name := range d.pkg(library + "lro").Types {
		w.types[name] = true
	}
	for variable, attribute := range attributes {
		w.constants[variable] = attribute.GetName()
	}
	return w
}
