package main

import (
	"regexp"
	"strings"
)

var parameterInPath = regexp.MustCompile(`\{\+?[^}]*\}`)

// pattern is the method's path from the host on, with the pattern of each parameter in its place:
// "v1/projects/*/locations/*/clusters". The path for the eye, flatPath, is not read: it names
// segments that the parameter's own pattern does not have.
func (m *method) pattern(servicePath string) string {
	path := strings.Trim(servicePath, "/") + "/" + m.Path
	return strings.TrimPrefix(parameterInPath.ReplaceAllStringFunc(path, func(in string) string {
		name, many := strings.CutPrefix(strings.Trim(in, "{}"), "+")
		if !many {
			return "*"
		}
		return plain(m.Parameters[name].Pattern)
	}), "/")
}

// plain writes a document's regular expression as segments: "*" is any one, "**" one or more.
func plain(expression string) string {
	if expression == "" {
		return "**"
	}
	segments := split(strings.TrimSuffix(strings.TrimPrefix(expression, "^"), "$"))
	for i, segment := range segments {
		segments[i] = plainSegment(segment)
	}
	return strings.Join(segments, "/")
}

var constant = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func plainSegment(expression string) string {
	switch inner := strings.ReplaceAll(expression, "[^/]", ""); {
	case constant.MatchString(expression):
		return expression
	case strings.HasPrefix(inner, "."), strings.Contains(inner, "/"):
		return "**"
	default:
		return "*"
	}
}

// split cuts a regular expression at the slashes that are outside of its brackets.
func split(expression string) []string {
	var segments []string
	depth, start := 0, 0
	for i, c := range expression {
		switch {
		case strings.ContainsRune("([", c):
			depth++
		case strings.ContainsRune(")]", c):
			depth--
		case c == '/' && depth == 0:
			segments, start = append(segments, expression[start:i]), i+1
		}
	}
	return append(segments, expression[start:])
}

// parent is what stands before the last segment of a pattern.
func parent(pattern string) string {
	i := strings.LastIndexByte(pattern, '/')
	return pattern[:max(i, 0)]
}

// last is the last segment of a pattern.
func last(pattern string) string { return pattern[strings.LastIndexByte(pattern, '/')+1:] }
