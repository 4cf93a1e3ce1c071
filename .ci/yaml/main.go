// Command readers tells how Go's readers of YAML understand a text.
//
// Standard input holds texts, each as a JSON string on a line of its own. Each is answered by one line of JSON: what
// kubectl reads ("kubectl": the text is split as kubectl does, and each part read by sigs.k8s.io/yaml), and what
// yaml.v3 reads, each as a list of documents, or as the text of its error.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
	kube "k8s.io/apimachinery/pkg/util/yaml"
	sigs "sigs.k8s.io/yaml"
)

func main() {
	texts := json.NewDecoder(bufio.NewReader(os.Stdin))
	for {
		var text string
		if err := texts.Decode(&text); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		answer := map[string]any{"kubectl": told(asKubectl(text)), "v3": told(asV3(text))}
		if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
			log.Fatal(err)
		}
	}
}

func told(documents []json.RawMessage, err error) any {
	if err != nil {
		return err.Error()
	}
	return documents
}

func asKubectl(text string) ([]json.RawMessage, error) {
	documents := []json.RawMessage{}
	reader := kube.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}
		document, err := sigs.YAMLToJSON(part)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
}

func asV3(text string) ([]json.RawMessage, error) {
	documents := []json.RawMessage{}
	reader := yaml.NewDecoder(strings.NewReader(text))
	for {
		var read any
		if err := reader.Decode(&read); errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}
		document, err := json.Marshal(read)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
}
