package lro

import (
	"reflect"
	"strings"
)

// fields are the fields of a struct that JSON can hold, in their order.
type fields []field

type field struct {
	name   string
	index  []int
	quoted bool // whether its value is in a string
	// internal is true for a field that awaitop's workers write and users do not: its tag is
	// `awaitop:"internal"`.
	internal bool
}

// fieldsOf collects the fields of t, including those of embedded structs.
func fieldsOf(t reflect.Type, parent []int) fields {
	var all fields
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(parent[:len(parent):len(parent)], i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-":
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			all = append(all, fieldsOf(f.Type, index)...)
		case f.IsExported():
			if name == "" {
				name = f.Name
			}
			all = append(all, field{name: name, index: index, quoted: strings.Contains(","+options+",", ",string,"), internal: f.Tag.Get("awaitop") == "internal"})
		}
	}
	return all
}

func (fs fields) find(name string) int {
	for i, f := range fs {
		if f.name == name {
			return i
		}
	}
	return -1
}

// want lists the names that a user may give.
func (fs fields) want() string {
	var names []string
	for _, f := range fs {
		if !f.internal {
			names = append(names, f.name)
		}
	}
	switch len(names) {
	case 0:
		return "no fields"
	case 1:
		return names[0]
	default:
		return "one of " + strings.Join(names, ", ")
	}
}

// hint asks for the field that is nearest to a key, "" if none is near.
func (fs fields) hint(key string) string {
	best, least := "", 1+min(2, len(key)/3)
	for _, f := range fs {
		if f.internal {
			continue
		}
		if n := edits(plain(key), plain(f.name), least); n < least {
			best, least = f.name, n
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// plain is a name without the differences of spellings: case, underscores and hyphens.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(clip(name, 100)))
}

// edits counts the bytes to insert, delete, replace or swap to make b of a: the
// distance of Damerau and Levenshtein, or limit if it is no less.
func edits(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
