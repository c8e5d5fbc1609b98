CREATE TABLE answer_summaries(example_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, raw_text VARCHAR, summary VARCHAR, answer_letter VARCHAR, is_accepted BOOLEAN NOT NULL, rejection VARCHAR, content_hash VARCHAR, outcome VARCHAR, outcome_detail VARCHAR, call_keys VARCHAR[] NOT NULL, model VARCHAR, revision VARCHAR, served_model VARCHAR, system_fingerprint VARCHAR, provider_kind VARCHAR, prompt_hash VARCHAR, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, attempts BIGINT NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO answer_summaries VALUES ('1d21b343543fe880'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'Reading "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" together, the choice falls on prophase I of meiosis. telophase I of meiosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Reading "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" together, the choice falls on prophase I of meiosis. telophase I of meiosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'true'::BOOLEAN, NULL, '697009a778f2aa2b'::VARCHAR, 'completed'::VARCHAR, NULL, '[cc26095b2b0868241d8275596c51acbf]'::VARCHAR[], 'simulated/gpt-4o-mini'::VARCHAR, '1'::VARCHAR, 'simulated/gpt-4o-mini'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '804f4bd750dc89dd'::VARCHAR, 'stop'::VARCHAR, '503'::BIGINT, '69'::BIGINT, NULL, '1'::BIGINT, '5385ca4b8444bf7e3a5efe46cb53033a'::VARCHAR);
INSERT INTO answer_summaries VALUES ('de5b3f75249f4c3c'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'The option that meets what is asked is prophase I of meiosis; the wording leaves no better one. anaphase of mitosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'The option that meets what is asked is prophase I of meiosis; the wording leaves no better one. anaphase of mitosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'true'::BOOLEAN, NULL, '6ff8810f8d4d1a51'::VARCHAR, 'completed'::VARCHAR, NULL, '[e01d3e35b05085784b59997f2e36f4b7]'::VARCHAR[], 'simulated/gpt-4o-mini'::VARCHAR, '1'::VARCHAR, 'simulated/gpt-4o-mini'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '804f4bd750dc89dd'::VARCHAR, 'stop'::VARCHAR, '503'::BIGINT, '58'::BIGINT, NULL, '1'::BIGINT, '3733b7649bd25fac96fdd7b8c62687dc'::VARCHAR);
CREATE TABLE benchmark_questions(raw_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, split VARCHAR NOT NULL, split_role VARCHAR NOT NULL, file VARCHAR NOT NULL, "row" BIGINT NOT NULL, native_id VARCHAR, question VARCHAR NOT NULL, context VARCHAR, "options" VARCHAR[] NOT NULL, gold_letter VARCHAR NOT NULL, gold_text VARCHAR NOT NULL, n_options BIGINT NOT NULL, subject VARCHAR, "language" VARCHAR NOT NULL, explanation VARCHAR, licence VARCHAR NOT NULL, needs_figure BOOLEAN NOT NULL, native VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO benchmark_questions VALUES ('0e9df9260175931c'::VARCHAR, 'b3be654304b6a15f'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/anatomy_test.csv'::VARCHAR, '1'::BIGINT, NULL, 'The thoracic duct opens into'::VARCHAR, NULL, '[the azygos vein., the junction of the left internal jugular and left subclavian veins., the right atrium., the hepatic portal vein.]'::VARCHAR[], 'B'::VARCHAR, 'the junction of the left internal jugular and left subclavian veins.'::VARCHAR, '4'::BIGINT, 'anatomy'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"The thoracic duct opens into","A":"the azygos vein.","B":"the junction of the left internal jugular and left subclavian veins.","C":"the right atrium.","D":"the hepatic portal vein.","answer":"B"}'::VARCHAR, '6e402d56e8ab79be1eebc4ebd6da36e1'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('36978c341ce417b3'::VARCHAR, '03293ac86d830bce'::VARCHAR, 'pubmedqa'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'pubmedqa/ori_pqal.json'::VARCHAR, '14'::BIGINT, '99000014'::VARCHAR, 'Does supplemental oxygen lower mortality in suspected myocardial infarction with normal oxygen saturation?'::VARCHAR, 'Synthetic teaching abstract. Oxygen has been given to patients with chest pain for a century, mostly by habit.

Patients with suspected myocardial infarction and an oxygen saturation of 90% or higher were randomly assigned to oxygen by face mask (n = 1,500) or room air (n = 1,506). The primary outcome was death within one year.

Death within one year occurred in 5.0% with oxygen and in 5.1% with room air (hazard ratio 0.98, 95% confidence interval 0.72 to 1.33). Reinfarction was equally frequent.'::VARCHAR, '[yes, no, maybe]'::VARCHAR[], 'B'::VARCHAR, 'no'::VARCHAR, '3'::BIGINT, NULL, 'en'::VARCHAR, 'Oxygen did not lower mortality in patients whose saturation was normal.'::VARCHAR, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"QUESTION":"Does supplemental oxygen lower mortality in suspected myocardial infarction with normal oxygen saturation?","CONTEXTS":["Synthetic teaching abstract. Oxygen has been given to patients with chest pain for a century, mostly by habit.","Patients with suspected myocardial infarction and an oxygen saturation of 90% or higher were randomly assigned to oxygen by face mask (n = 1,500) or room air (n = 1,506). The primary outcome was death within one year.","Death within one year occurred in 5.0% with oxygen and in 5.1% with room air (hazard ratio 0.98, 95% confidence interval 0.72 to 1.33). Reinfarction was equally frequent."],"LABELS":["BACKGROUND","METHODS","RESULTS"],"MESHES":["Myocardial Infarction","Oxygen Inhalation Therapy"],"YEAR":"2026","reasoning_required_pred":"no","reasoning_free_pred":"no","final_decision":"no","LONG_ANSWER":"Oxygen did not lower mortality in patients whose saturation was normal."}'::VARCHAR, '9c424240c07fa15e5b8939785df7b18f'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('3f00cf7094cc45b9'::VARCHAR, 'a9aa7614181a035f'::VARCHAR, 'pubmedqa'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'pubmedqa/ori_pqal.json'::VARCHAR, '15'::BIGINT, '99000015'::VARCHAR, 'Can probiotics prevent diarrhea during antibiotic treatment in older inpatients?'::VARCHAR, 'Synthetic teaching abstract. Antibiotics disturb the intestinal flora, and older people suffer most from the diarrhea that may follow.

Inpatients aged 65 or older who began antibiotics received a probiotic (n = 260) or placebo (n = 258). Diarrhea within 4 weeks was the primary outcome.

Diarrhea occurred in 16% with the probiotic and in 21% with placebo (relative risk 0.76, 95% confidence interval 0.53 to 1.09). In patients with cephalosporins the difference was larger, but the test for interaction was not significant.'::VARCHAR, '[yes, no, maybe]'::VARCHAR[], 'C'::VARCHAR, 'maybe'::VARCHAR, '3'::BIGINT, NULL, 'en'::VARCHAR, 'The results are compatible with a benefit and with none.'::VARCHAR, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"QUESTION":"Can probiotics prevent diarrhea during antibiotic treatment in older inpatients?","CONTEXTS":["Synthetic teaching abstract. Antibiotics disturb the intestinal flora, and older people suffer most from the diarrhea that may follow.","Inpatients aged 65 or older who began antibiotics received a probiotic (n = 260) or placebo (n = 258). Diarrhea within 4 weeks was the primary outcome.","Diarrhea occurred in 16% with the probiotic and in 21% with placebo (relative risk 0.76, 95% confidence interval 0.53 to 1.09). In patients with cephalosporins the difference was larger, but the test for interaction was not significant."],"LABELS":["BACKGROUND","METHODS","RESULTS"],"MESHES":["Probiotics","Diarrhea","Aged"],"YEAR":"2026","reasoning_required_pred":"maybe","reasoning_free_pred":"maybe","final_decision":"maybe","LONG_ANSWER":"The results are compatible with a benefit and with none."}'::VARCHAR, '33644e3c79933166299332628c49756a'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('5294d36ca91fefc5'::VARCHAR, '937da57a9b4e20cb'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/college_biology_test.csv'::VARCHAR, '1'::BIGINT, NULL, 'Which enzyme catalyses the main rate-limiting step of glycolysis?'::VARCHAR, NULL, '[Hexokinase, Pyruvate kinase, Aldolase, Phosphofructokinase-1]'::VARCHAR[], 'D'::VARCHAR, 'Phosphofructokinase-1'::VARCHAR, '4'::BIGINT, 'college_biology'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which enzyme catalyses the main rate-limiting step of glycolysis?","A":"Hexokinase","B":"Pyruvate kinase","C":"Aldolase","D":"Phosphofructokinase-1","answer":"D"}'::VARCHAR, 'b219149e8f486d39fb7e7e4c9e20ca8b'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('58a0072cc9bd5770'::VARCHAR, 'a84ef5787512bb18'::VARCHAR, 'pubmedqa'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'pubmedqa/ori_pqal.json'::VARCHAR, '16'::BIGINT, '99000016'::VARCHAR, 'Does training by a pharmacist improve inhaler technique in adults with asthma?'::VARCHAR, 'Synthetic teaching abstract. Half of all patients with asthma use their inhaler wrongly.

Adults with asthma were randomly assigned to a 10-minute training by a pharmacist (n = 110) or to the leaflet in the package (n = 108). Technique was rated by a blinded observer after 3 months.

Correct technique in all steps was seen in 71% after training and in 38% with the leaflet (p < 0.001).'::VARCHAR, '[yes, no, maybe]'::VARCHAR[], 'A'::VARCHAR, 'yes'::VARCHAR, '3'::BIGINT, NULL, 'en'::VARCHAR, 'A short training by a pharmacist improved inhaler technique.'::VARCHAR, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"QUESTION":"Does training by a pharmacist improve inhaler technique in adults with asthma?","CONTEXTS":["Synthetic teaching abstract. Half of all patients with asthma use their inhaler wrongly.","Adults with asthma were randomly assigned to a 10-minute training by a pharmacist (n = 110) or to the leaflet in the package (n = 108). Technique was rated by a blinded observer after 3 months.","Correct technique in all steps was seen in 71% after training and in 38% with the leaflet (p < 0.001)."],"LABELS":["BACKGROUND","METHODS","RESULTS"],"MESHES":["Asthma","Pharmacists","Patient Education"],"YEAR":"2026","reasoning_required_pred":"yes","reasoning_free_pred":"yes","final_decision":"yes","LONG_ANSWER":"A short training by a pharmacist improved inhaler technique."}'::VARCHAR, 'd2ee156072c100addadbd10a879a5802'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('5fdc60cf8739dcd5'::VARCHAR, 'd59db6755f64370a'::VARCHAR, 'medqa'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'medqa/US/test.jsonl'::VARCHAR, '2'::BIGINT, NULL, 'A 22-year-old man is brought to the emergency department after a stab wound to the right chest. He is cyanotic, his neck veins are distended, the trachea is shifted to the left and breath sounds are absent on the right. His blood pressure is 70/40 mm Hg. Which of the following is the most appropriate next step?'::VARCHAR, NULL, '[Chest radiograph, Needle decompression of the right chest, Pericardiocentesis, CT scan of the chest, Intravenous antibiotics]'::VARCHAR[], 'B'::VARCHAR, 'Needle decompression of the right chest'::VARCHAR, '5'::BIGINT, 'step2&3'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A 22-year-old man is brought to the emergency department after a stab wound to the right chest. He is cyanotic, his neck veins are distended, the trachea is shifted to the left and breath sounds are absent on the right. His blood pressure is 70/40 mm Hg. Which of the following is the most appropriate next step?","answer":"Needle decompression of the right chest","options":{"A":"Chest radiograph","B":"Needle decompression of the right chest","C":"Pericardiocentesis","D":"CT scan of the chest","E":"Intravenous antibiotics"},"meta_info":"step2&3","answer_idx":"B"}'::VARCHAR, 'dae7c2b1d607117918f3e8db9c59dd53'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('60e3984e29b74e7d'::VARCHAR, '9ac326b3a3a254c9'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/medical_genetics_test.csv'::VARCHAR, '1'::BIGINT, NULL, 'The repeat that is expanded in fragile X syndrome is'::VARCHAR, NULL, '[CAG, CGG, GAA, CTG]'::VARCHAR[], 'B'::VARCHAR, 'CGG'::VARCHAR, '4'::BIGINT, 'medical_genetics'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"The repeat that is expanded in fragile X syndrome is","A":"CAG","B":"CGG","C":"GAA","D":"CTG","answer":"B"}'::VARCHAR, '5f7a17a8386e34247b019979fd8396ce'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('675a3de7b3695ddf'::VARCHAR, '9005959384a4919c'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/anatomy_test.csv'::VARCHAR, '2'::BIGINT, NULL, 'Which muscle separates the thorax from the abdomen?'::VARCHAR, NULL, '[The diaphragm, The psoas major, The serratus anterior, The external oblique]'::VARCHAR[], 'A'::VARCHAR, 'The diaphragm'::VARCHAR, '4'::BIGINT, 'anatomy'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which muscle separates the thorax from the abdomen?","A":"The diaphragm","B":"The psoas major","C":"The serratus anterior","D":"The external oblique","answer":"A"}'::VARCHAR, '2eac4e3ae412b2c4a72c5521d65dc852'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('97a080a9f64522b4'::VARCHAR, '6fbd2b9250b34368'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/clinical_knowledge_test.csv'::VARCHAR, '1'::BIGINT, NULL, 'A person who takes warfarin is bleeding into the brain; the international normalised ratio is 6. What should be given at once?'::VARCHAR, NULL, '[Vitamin K by mouth alone, Protamine, Prothrombin complex concentrate and vitamin K by vein, Aspirin]'::VARCHAR[], 'C'::VARCHAR, 'Prothrombin complex concentrate and vitamin K by vein'::VARCHAR, '4'::BIGINT, 'clinical_knowledge'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A person who takes warfarin is bleeding into the brain; the international normalised ratio is 6. What should be given at once?","A":"Vitamin K by mouth alone","B":"Protamine","C":"Prothrombin complex concentrate and vitamin K by vein","D":"Aspirin","answer":"C"}'::VARCHAR, '700acd971673ef55457f4d1cf0839832'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('bea7439322c216a6'::VARCHAR, 'e8750052ea1cf0d2'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/college_biology_test.csv'::VARCHAR, '2'::BIGINT, NULL, 'Red blood cells that are placed in distilled water'::VARCHAR, NULL, '[shrink., swell and burst., divide., do not change.]'::VARCHAR[], 'B'::VARCHAR, 'swell and burst.'::VARCHAR, '4'::BIGINT, 'college_biology'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Red blood cells that are placed in distilled water","A":"shrink.","B":"swell and burst.","C":"divide.","D":"do not change.","answer":"B"}'::VARCHAR, 'a1a60b7135fac146eb9f8e962f1eb749'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('d6d4192c2ca22744'::VARCHAR, '4fd21852aab46fa4'::VARCHAR, 'pubmedqa'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'pubmedqa/ori_pqal.json'::VARCHAR, '13'::BIGINT, '99000013'::VARCHAR, 'Does a single dose of dexamethasone reduce return visits of children with mild croup?'::VARCHAR, 'Synthetic teaching abstract. Dexamethasone helps in moderate and severe croup. Its value in mild croup, the most frequent form, is less well known.

Children with mild croup were randomly assigned to one oral dose of dexamethasone (n = 180) or placebo (n = 178). The primary outcome was a return visit for croup within 7 days.

Return visits occurred in 7% with dexamethasone and in 15% with placebo (p = 0.01). Symptoms resolved faster in the first 3 days with dexamethasone.'::VARCHAR, '[yes, no, maybe]'::VARCHAR[], 'A'::VARCHAR, 'yes'::VARCHAR, '3'::BIGINT, NULL, 'en'::VARCHAR, 'A single dose of dexamethasone halved return visits in mild croup.'::VARCHAR, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"QUESTION":"Does a single dose of dexamethasone reduce return visits of children with mild croup?","CONTEXTS":["Synthetic teaching abstract. Dexamethasone helps in moderate and severe croup. Its value in mild croup, the most frequent form, is less well known.","Children with mild croup were randomly assigned to one oral dose of dexamethasone (n = 180) or placebo (n = 178). The primary outcome was a return visit for croup within 7 days.","Return visits occurred in 7% with dexamethasone and in 15% with placebo (p = 0.01). Symptoms resolved faster in the first 3 days with dexamethasone."],"LABELS":["BACKGROUND","METHODS","RESULTS"],"MESHES":["Croup","Dexamethasone","Child"],"YEAR":"2026","reasoning_required_pred":"yes","reasoning_free_pred":"yes","final_decision":"yes","LONG_ANSWER":"A single dose of dexamethasone halved return visits in mild croup."}'::VARCHAR, 'a1fbbac4ac69679f5fc859e8b78a3911'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('d7be86ce6387f671'::VARCHAR, '09d2a0d74b0a2e82'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/professional_medicine_test.csv'::VARCHAR, '1'::BIGINT, NULL, 'A 20-year-old man has had a sore throat, fever and fatigue for 10 days. He has posterior cervical lymphadenopathy and an enlarged spleen; the heterophile antibody test is positive. Which of the following should he avoid for the next weeks?'::VARCHAR, NULL, '[Contact sports, Dairy products, Sunlight, Air travel]'::VARCHAR[], 'A'::VARCHAR, 'Contact sports'::VARCHAR, '4'::BIGINT, 'professional_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A 20-year-old man has had a sore throat, fever and fatigue for 10 days. He has posterior cervical lymphadenopathy and an enlarged spleen; the heterophile antibody test is positive. Which of the following should he avoid for the next weeks?","A":"Contact sports","B":"Dairy products","C":"Sunlight","D":"Air travel","answer":"A"}'::VARCHAR, '86310b619fce3d1825df67b08415c189'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('e65351c0a1769f6d'::VARCHAR, '5a8a39aa8d9532e2'::VARCHAR, 'medqa'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'medqa/US/test.jsonl'::VARCHAR, '1'::BIGINT, NULL, 'A 52-year-old man with long-standing alcohol use disorder is brought to the emergency department because of confusion. He is disoriented, has horizontal nystagmus and walks with a broad-based gait. Fingerstick glucose is 62 mg/dL. Which of the following should be given before or together with glucose?'::VARCHAR, NULL, '[Niacin, Haloperidol, Pyridoxine, Thiamine, Naloxone]'::VARCHAR[], 'D'::VARCHAR, 'Thiamine'::VARCHAR, '5'::BIGINT, 'step2&3'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A 52-year-old man with long-standing alcohol use disorder is brought to the emergency department because of confusion. He is disoriented, has horizontal nystagmus and walks with a broad-based gait. Fingerstick glucose is 62 mg/dL. Which of the following should be given before or together with glucose?","answer":"Thiamine","options":{"A":"Niacin","B":"Haloperidol","C":"Pyridoxine","D":"Thiamine","E":"Naloxone"},"meta_info":"step2&3","answer_idx":"D"}'::VARCHAR, '79c8745072071f8b33a3629b3a7c99a6'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('eca699be38478511'::VARCHAR, '2aa3795387c30a2e'::VARCHAR, 'mmlu'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'mmlu/test/college_medicine_test.csv'::VARCHAR, '1'::BIGINT, NULL, 'Which hormone lowers the concentration of glucose in blood?'::VARCHAR, NULL, '[Glucagon, Adrenaline, Insulin, Cortisol]'::VARCHAR[], 'C'::VARCHAR, 'Insulin'::VARCHAR, '4'::BIGINT, 'college_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which hormone lowers the concentration of glucose in blood?","A":"Glucagon","B":"Adrenaline","C":"Insulin","D":"Cortisol","answer":"C"}'::VARCHAR, '30be346bce5df47b020edb53a59d27b9'::VARCHAR);
INSERT INTO benchmark_questions VALUES ('fdd707d0ca2fa67e'::VARCHAR, 'af54e3ff2faf5e33'::VARCHAR, 'medqa'::VARCHAR, 'test'::VARCHAR, 'benchmark'::VARCHAR, 'medqa/US/test.jsonl'::VARCHAR, '3'::BIGINT, NULL, 'A 27-year-old woman has sudden right lower abdominal pain and faints. Her last menstrual period was 7 weeks ago. Blood pressure is 78/46 mm Hg and pulse is 136/min. A urine pregnancy test is positive, and bedside ultrasonography shows free fluid in the pelvis and no intrauterine pregnancy. Which of the following is the most appropriate management after fluid resuscitation is begun?'::VARCHAR, NULL, '[Intramuscular methotrexate, Repeat β-hCG in 48 hours, Oral misoprostol, CT scan of the abdomen, Emergency surgery]'::VARCHAR[], 'E'::VARCHAR, 'Emergency surgery'::VARCHAR, '5'::BIGINT, 'step2&3'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A 27-year-old woman has sudden right lower abdominal pain and faints. Her last menstrual period was 7 weeks ago. Blood pressure is 78/46 mm Hg and pulse is 136/min. A urine pregnancy test is positive, and bedside ultrasonography shows free fluid in the pelvis and no intrauterine pregnancy. Which of the following is the most appropriate management after fluid resuscitation is begun?","answer":"Emergency surgery","options":{"A":"Intramuscular methotrexate","B":"Repeat β-hCG in 48 hours","C":"Oral misoprostol","D":"CT scan of the abdomen","E":"Emergency surgery"},"meta_info":"step2&3","answer_idx":"E"}'::VARCHAR, 'f6f1ba9ec861f7ecf7159d3dab743b03'::VARCHAR);
CREATE TABLE call_uses(use_id VARCHAR NOT NULL, used_by VARCHAR NOT NULL, row_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, "role" VARCHAR NOT NULL, call_key VARCHAR NOT NULL, cost_share DOUBLE NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO call_uses VALUES ('026ec934fe930368'::VARCHAR, 'verifier_audit'::VARCHAR, '67b82af4d1d23e0c'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '089a472e28fa033cc292a197a2806086'::VARCHAR, '1.0'::DOUBLE, 'f86403e34c61e7468befca32146d4167'::VARCHAR);
INSERT INTO call_uses VALUES ('051e6a6fd81828e2'::VARCHAR, 'ranked_paths'::VARCHAR, '4e13a9d84abc8822'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, 'e695b2eebadcb3fe7841521f64b0152d'::VARCHAR, '1.0'::DOUBLE, 'c03752fc03001d9d777e13b4fa2358ab'::VARCHAR);
INSERT INTO call_uses VALUES ('0684843b80b08d4d'::VARCHAR, 'verifications'::VARCHAR, 'bd331f8b35c99d03'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'd40ba68b800d33fed609f38e18dcda98'::VARCHAR, '1.0'::DOUBLE, '5d3e9f5ed1004417dfa36f7e3d2ac410'::VARCHAR);
INSERT INTO call_uses VALUES ('0f2f93be23a4e5ba'::VARCHAR, 'reasoning_paths'::VARCHAR, '794bb9b31908a369'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, '1cb538830b9291415a0120b360f7cee3'::VARCHAR, '1.0'::DOUBLE, 'd934e53c65fbbd900fca690bc438e961'::VARCHAR);
INSERT INTO call_uses VALUES ('153d7151022d81f5'::VARCHAR, 'verifier_audit'::VARCHAR, '3d3b416d58eb3d6b'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'fdf32bd4f28395da05afab9187e9230d'::VARCHAR, '1.0'::DOUBLE, 'c75715985a0996e04e0930de9bae7290'::VARCHAR);
INSERT INTO call_uses VALUES ('211a951763bbc2c3'::VARCHAR, 'verifications'::VARCHAR, 'b24f950ac0871348'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '6bf2fe337671179c0a4284c70854d77d'::VARCHAR, '1.0'::DOUBLE, 'c8468ff6883e5296714e4087ab8916fd'::VARCHAR);
INSERT INTO call_uses VALUES ('253474c3210389c5'::VARCHAR, 'reasoning_paths'::VARCHAR, 'bd331f8b35c99d03'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, '97ca3c329380f5e5a21a5604c9ddb305'::VARCHAR, '1.0'::DOUBLE, '80906788479590db2c5cabdf7f615c5f'::VARCHAR);
INSERT INTO call_uses VALUES ('2cfb025475ddefaf'::VARCHAR, 'quality_scores'::VARCHAR, 'd3ec199a39d4d447'::VARCHAR, 'mmlu'::VARCHAR, 'evaluator'::VARCHAR, '70ba2ea7ef20ecdf05ec40d9923addf5'::VARCHAR, '1.0'::DOUBLE, '2948ca18c5e3219d13e9002cba2b4405'::VARCHAR);
INSERT INTO call_uses VALUES ('3069c02959effe54'::VARCHAR, 'verifier_audit'::VARCHAR, 'e0fb84ff7a43fcb9'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '71bdd837834b6840e779d712a540b045'::VARCHAR, '1.0'::DOUBLE, '1e7d39eccaf8047641a4eb4cf0e8ee5c'::VARCHAR);
INSERT INTO call_uses VALUES ('3bf8d372175ac9a4'::VARCHAR, 'ranked_paths'::VARCHAR, '77c0bb4ee55dff61'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, 'd08f81ee514ae1d332d3b423605f32e1'::VARCHAR, '1.0'::DOUBLE, 'fd114cce3494b2f63c867c9d1387c9f5'::VARCHAR);
INSERT INTO call_uses VALUES ('5d46b9b6b0996c5e'::VARCHAR, 'reasoning_paths'::VARCHAR, 'ce94d0f2e03b531d'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, '7aabec0a58b22107cb53992a79edc924'::VARCHAR, '1.0'::DOUBLE, 'dcf27dd7e5c18be0473241664e9b92c4'::VARCHAR);
INSERT INTO call_uses VALUES ('5dc00663acf08330'::VARCHAR, 'verifier_audit'::VARCHAR, 'f83feb7ea4cf355b'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'da5605ff1cd7010abcb452af167ff8cf'::VARCHAR, '1.0'::DOUBLE, 'a25f573c81206446cddedaac48ec1d3d'::VARCHAR);
INSERT INTO call_uses VALUES ('64389aaf74816bf3'::VARCHAR, 'verifier_audit'::VARCHAR, 'daa6c581194756da'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'fca2869fc2c61d307fe68ebb6f2e5135'::VARCHAR, '1.0'::DOUBLE, '19964ea219844234b7ea7482c1f736be'::VARCHAR);
INSERT INTO call_uses VALUES ('6c0be9c517857088'::VARCHAR, 'verifier_audit'::VARCHAR, 'e898f5adbdc88aa8'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'b4fce550fde87da2943d99ad12a5c26a'::VARCHAR, '1.0'::DOUBLE, '42325e2b3cf8eae28a6f2c145a4a691f'::VARCHAR);
INSERT INTO call_uses VALUES ('76b0d51fafcad9a2'::VARCHAR, 'answer_summaries'::VARCHAR, 'de5b3f75249f4c3c'::VARCHAR, 'mmlu'::VARCHAR, 'summariser'::VARCHAR, 'e01d3e35b05085784b59997f2e36f4b7'::VARCHAR, '1.0'::DOUBLE, '4c6bfde6d840e60969b1d9e57385c555'::VARCHAR);
INSERT INTO call_uses VALUES ('79b94ff2f76492ff'::VARCHAR, 'reasoning_paths'::VARCHAR, 'fa6f5b39cd639a75'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, 'f330446bd6a8fec16c070366cccca156'::VARCHAR, '1.0'::DOUBLE, '39228625d5cddba4ad0e3756c2277c89'::VARCHAR);
INSERT INTO call_uses VALUES ('839a78f422600d3b'::VARCHAR, 'verifications'::VARCHAR, '8c1e31fc313bdd41'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '53886ac1a69a0a00df9fc9f1fbb806c6'::VARCHAR, '1.0'::DOUBLE, '3ce0c6a2a47966849f2801cac4648964'::VARCHAR);
INSERT INTO call_uses VALUES ('8942d3cabba99c54'::VARCHAR, 'reasoning_paths'::VARCHAR, '77c0bb4ee55dff61'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, 'a4e09495a0cedbe220ba5057acba5a37'::VARCHAR, '1.0'::DOUBLE, 'c4e226fdfee6a4682d7df775f66c663f'::VARCHAR);
INSERT INTO call_uses VALUES ('8b1cf55cd0e6dfbf'::VARCHAR, 'verifications'::VARCHAR, '77c0bb4ee55dff61'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '6057b7047b64d96b87467b1e68d9ebe1'::VARCHAR, '1.0'::DOUBLE, '9cc12b6004ace10638a016eac97a8ccb'::VARCHAR);
INSERT INTO call_uses VALUES ('8df7dc7ccd2c3b40'::VARCHAR, 'quality_scores'::VARCHAR, '9dd1d8bfd111c6e1'::VARCHAR, 'mmlu'::VARCHAR, 'evaluator'::VARCHAR, 'e29272a8af8b68c93cee5f60b4fe94e0'::VARCHAR, '1.0'::DOUBLE, 'e1ad78597a8496d87a9537e09761852f'::VARCHAR);
INSERT INTO call_uses VALUES ('8e80286bff42a32f'::VARCHAR, 'ranked_paths'::VARCHAR, '8c1e31fc313bdd41'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, '9a4297e45943e2b5c27b9c9161f4815e'::VARCHAR, '1.0'::DOUBLE, 'c88bd484ba209027e42fed83a03ca1bd'::VARCHAR);
INSERT INTO call_uses VALUES ('9002495ea157aca0'::VARCHAR, 'verifications'::VARCHAR, '794bb9b31908a369'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'cd424e17de4c5746eeeee40526e44956'::VARCHAR, '1.0'::DOUBLE, 'f1d16eaa3061c37e14afb0bd530d94bd'::VARCHAR);
INSERT INTO call_uses VALUES ('926eff8ef8e71b4f'::VARCHAR, 'ranked_paths'::VARCHAR, 'fa6f5b39cd639a75'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, '4f35de498d551a6a34eac76a2abbe867'::VARCHAR, '1.0'::DOUBLE, 'f0ce9ecb11ccb08f858b2680605baf5f'::VARCHAR);
INSERT INTO call_uses VALUES ('9c8d58506c5f9830'::VARCHAR, 'verifications'::VARCHAR, 'ce94d0f2e03b531d'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'e9edc6bc0c867623e83ca56cb0bf8b71'::VARCHAR, '1.0'::DOUBLE, 'fca01403ff66d1de36653cd4e463a934'::VARCHAR);
INSERT INTO call_uses VALUES ('9d48b4a847c6fda2'::VARCHAR, 'reasoning_paths'::VARCHAR, '4e13a9d84abc8822'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, 'cff5dbdee23c0d77156824baddce797c'::VARCHAR, '1.0'::DOUBLE, '9c6f8c80ee5ec7c9eca1b63b6c9ae591'::VARCHAR);
INSERT INTO call_uses VALUES ('9ded188c5814b438'::VARCHAR, 'ranked_paths'::VARCHAR, 'b24f950ac0871348'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, '2519f17dfd7f04afca4cfffaf5f21323'::VARCHAR, '1.0'::DOUBLE, '9f692eb9561c48199452d71d0ab96341'::VARCHAR);
INSERT INTO call_uses VALUES ('a78143e75c9b85c7'::VARCHAR, 'verifier_audit'::VARCHAR, 'fee616a35b58248c'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'f31689875d0cc1a050fdd59c94c1404c'::VARCHAR, '1.0'::DOUBLE, '496a265d3d3304ed5e23a765c84d782c'::VARCHAR);
INSERT INTO call_uses VALUES ('a8536f3986a351e3'::VARCHAR, 'verifier_audit'::VARCHAR, 'c61b6b0fe808d75d'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '01035cb7d4a55227456e36f17ad60b85'::VARCHAR, '1.0'::DOUBLE, 'e70966c5b58613c6dcdbd01bf1c7a088'::VARCHAR);
INSERT INTO call_uses VALUES ('b16e904f403362cd'::VARCHAR, 'verifications'::VARCHAR, '4e13a9d84abc8822'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '285fd7da81a755e5232dfc7f8d8e434d'::VARCHAR, '1.0'::DOUBLE, '58607f1c2b6c5bcf54217380e6d785b0'::VARCHAR);
INSERT INTO call_uses VALUES ('b79aea0bbd286d01'::VARCHAR, 'verifier_audit'::VARCHAR, '44399880d3e975dd'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '354ed00ca7635002ef4fd9424151b233'::VARCHAR, '1.0'::DOUBLE, 'ce29725a128560235a95c530b5f8a8f2'::VARCHAR);
INSERT INTO call_uses VALUES ('bec68c7a9ace9edc'::VARCHAR, 'answer_summaries'::VARCHAR, '1d21b343543fe880'::VARCHAR, 'mmlu'::VARCHAR, 'summariser'::VARCHAR, 'cc26095b2b0868241d8275596c51acbf'::VARCHAR, '1.0'::DOUBLE, '3c58352009b5c9623cb32f59d47ec57a'::VARCHAR);
INSERT INTO call_uses VALUES ('c43cf87331833f27'::VARCHAR, 'verifier_audit'::VARCHAR, 'e2f895090d31f14d'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '8d67d3570848c921e5fb8d727a8e0ed9'::VARCHAR, '1.0'::DOUBLE, '37220c25b00b34ddd49a64091c02719d'::VARCHAR);
INSERT INTO call_uses VALUES ('c57586267b484a45'::VARCHAR, 'verifications'::VARCHAR, '368ac1cbda3d90f3'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '7bd3b0d479e16a237ffa32cb5b4333e4'::VARCHAR, '1.0'::DOUBLE, '3d5f7e6c5b1345da9acee2323d48e3ba'::VARCHAR);
INSERT INTO call_uses VALUES ('d3c943dc20fc2e02'::VARCHAR, 'verifier_audit'::VARCHAR, '5688c7f76d023563'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, '1e34663ef5ced052f94612c4704aa937'::VARCHAR, '1.0'::DOUBLE, '636d3f30d6e197a2fa27cc4ded993c84'::VARCHAR);
INSERT INTO call_uses VALUES ('dbc8a5a4b2c00f39'::VARCHAR, 'verifier_audit'::VARCHAR, '22d47f98f35e70e0'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'b418f3c3dfb1825776c9e16dd91393c8'::VARCHAR, '1.0'::DOUBLE, '786f9f6e8371a4d2f28031db439f3860'::VARCHAR);
INSERT INTO call_uses VALUES ('dd6d477e7e07e7b7'::VARCHAR, 'reasoning_paths'::VARCHAR, '368ac1cbda3d90f3'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, '241ed922a37401e841643d7b1c08ee9a'::VARCHAR, '1.0'::DOUBLE, '84a8aa92779dc9513ed742ffdf753f32'::VARCHAR);
INSERT INTO call_uses VALUES ('def763e5a2aeb8a5'::VARCHAR, 'verifier_audit'::VARCHAR, '9b5f5128e7ca361d'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'bad1217055fe4b44cfe0c82aca5f491f'::VARCHAR, '1.0'::DOUBLE, '1e2b1ea6c5a1b3c550305ac370dec330'::VARCHAR);
INSERT INTO call_uses VALUES ('e8001a4a37657163'::VARCHAR, 'verifier_audit'::VARCHAR, '0f57bc39b06e42d8'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'd5c5578941c0ad7281faa9e9024eb44d'::VARCHAR, '1.0'::DOUBLE, '6d6ca42fb87e1c1ead9cea5a2c9b0fde'::VARCHAR);
INSERT INTO call_uses VALUES ('e9013fa09b12cf95'::VARCHAR, 'reasoning_paths'::VARCHAR, 'b24f950ac0871348'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, '755ee879a8de0a60c9cf581d96501b93'::VARCHAR, '1.0'::DOUBLE, 'c37640be5ccf55179da9e933f0092833'::VARCHAR);
INSERT INTO call_uses VALUES ('eb993b2ff1bfa118'::VARCHAR, 'verifications'::VARCHAR, 'fa6f5b39cd639a75'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'ddfded7d3e0fc4a043427785c578f5bd'::VARCHAR, '1.0'::DOUBLE, '54dab17d42274994e73596256703252e'::VARCHAR);
INSERT INTO call_uses VALUES ('f4eac0eb20fccee1'::VARCHAR, 'ranked_paths'::VARCHAR, '368ac1cbda3d90f3'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, '04d2a45aa93696adda4147e7012aa780'::VARCHAR, '1.0'::DOUBLE, '50528b83154f7f9fb0ce7569dca5fb00'::VARCHAR);
INSERT INTO call_uses VALUES ('f50c71df8d75480d'::VARCHAR, 'ranked_paths'::VARCHAR, 'ce94d0f2e03b531d'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, '2ad71176ac9ca31f1fda694e0d2a7e63'::VARCHAR, '1.0'::DOUBLE, '755c717bf0a9bffb8834935ef4f99ecb'::VARCHAR);
INSERT INTO call_uses VALUES ('faa8474a8a1c3469'::VARCHAR, 'ranked_paths'::VARCHAR, 'bd331f8b35c99d03'::VARCHAR, 'mmlu'::VARCHAR, 'ranker'::VARCHAR, 'dfa340d9d1dfcfc02cc8af6089c0c3aa'::VARCHAR, '1.0'::DOUBLE, 'ea00361b3fe231770076b6ae1ab11b2b'::VARCHAR);
INSERT INTO call_uses VALUES ('fb68155107a5ffe1'::VARCHAR, 'reasoning_paths'::VARCHAR, '8c1e31fc313bdd41'::VARCHAR, 'mmlu'::VARCHAR, 'generator'::VARCHAR, 'e7a0be4d6424c31bb97fd45b8a106df1'::VARCHAR, '1.0'::DOUBLE, '077154fc2454423df527cba07173569d'::VARCHAR);
INSERT INTO call_uses VALUES ('fdca6041fe31356f'::VARCHAR, 'verifier_audit'::VARCHAR, '10e143ac4418f153'::VARCHAR, 'mmlu'::VARCHAR, 'verifier'::VARCHAR, 'a630033da799638026223f52f5390d10'::VARCHAR, '1.0'::DOUBLE, '665468b30ef08c098b23169dfe235faf'::VARCHAR);
CREATE TABLE difficulty_tiers(question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, n_paths BIGINT NOT NULL, n_correct BIGINT NOT NULL, n_error BIGINT NOT NULL, n_missing BIGINT NOT NULL, easy_max_errors BIGINT NOT NULL, medium_max_errors BIGINT NOT NULL, best_tier VARCHAR NOT NULL, worst_tier VARCHAR NOT NULL, tier VARCHAR NOT NULL, doubt_letter VARCHAR, doubt_share DOUBLE NOT NULL, doubt_models BIGINT NOT NULL, is_label_doubt BOOLEAN NOT NULL, override_note VARCHAR, row_hash VARCHAR NOT NULL);
INSERT INTO difficulty_tiers VALUES ('427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, '9'::BIGINT, '8'::BIGINT, '1'::BIGINT, '0'::BIGINT, '4'::BIGINT, '7'::BIGINT, 'easy'::VARCHAR, 'easy'::VARCHAR, 'easy'::VARCHAR, NULL, '0.0'::DOUBLE, '0'::BIGINT, 'false'::BOOLEAN, NULL, 'dbd27244bf225ee1fe9971211ac16abc'::VARCHAR);
CREATE TABLE dropped_examples(example_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, tier VARCHAR NOT NULL, slot BIGINT NOT NULL, reason VARCHAR NOT NULL, detail VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
CREATE TABLE llm_calls(attempt_id VARCHAR NOT NULL, call_key VARCHAR NOT NULL, attempt BIGINT NOT NULL, "role" VARCHAR NOT NULL, provider VARCHAR NOT NULL, provider_kind VARCHAR NOT NULL, model VARCHAR NOT NULL, revision VARCHAR NOT NULL, served_model VARCHAR, outcome VARCHAR NOT NULL, detail VARCHAR, http_status BIGINT, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, cost_usd DOUBLE, latency_ms DOUBLE, started_at TIMESTAMP NOT NULL, is_accepted BOOLEAN NOT NULL, made_for VARCHAR, made_for_source VARCHAR, batch_id VARCHAR, row_hash VARCHAR NOT NULL);
INSERT INTO llm_calls VALUES ('01035cb7d4a55227456e36f17ad60b85/1'::VARCHAR, '01035cb7d4a55227456e36f17ad60b85'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '30'::BIGINT, '0.0'::DOUBLE, '32.04197399827535'::DOUBLE, '2026-11-26 06:57:10.177023'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '583ebda5dbf8cd96ccf6ba98aedcb9b7'::VARCHAR);
INSERT INTO llm_calls VALUES ('04d2a45aa93696adda4147e7012aa780/1'::VARCHAR, '04d2a45aa93696adda4147e7012aa780'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '542'::BIGINT, '18'::BIGINT, '0.0'::DOUBLE, '60.200743999303086'::DOUBLE, '2026-11-26 06:57:16.012604'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '882783bafac357a402510918ed3bc2c9'::VARCHAR);
INSERT INTO llm_calls VALUES ('089a472e28fa033cc292a197a2806086/1'::VARCHAR, '089a472e28fa033cc292a197a2806086'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '564'::BIGINT, '17'::BIGINT, '0.0'::DOUBLE, '32.282740001392085'::DOUBLE, '2026-11-26 06:57:10.176997'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '3cdd628f323b467cbff9a29a6779763e'::VARCHAR);
INSERT INTO llm_calls VALUES ('1cb538830b9291415a0120b360f7cee3/1'::VARCHAR, '1cb538830b9291415a0120b360f7cee3'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, '1'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '585'::BIGINT, '0.0'::DOUBLE, '4.471825999644352'::DOUBLE, '2026-11-26 06:56:55.477347'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '96ff5478685ed20d7929fe93312ac8cd'::VARCHAR);
INSERT INTO llm_calls VALUES ('1e34663ef5ced052f94612c4704aa937/1'::VARCHAR, '1e34663ef5ced052f94612c4704aa937'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '17'::BIGINT, '0.0'::DOUBLE, '24.622000000817934'::DOUBLE, '2026-11-26 06:57:10.17698'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'b29e1a4820d9f36712503ef35142dca7'::VARCHAR);
INSERT INTO llm_calls VALUES ('241ed922a37401e841643d7b1c08ee9a/1'::VARCHAR, '241ed922a37401e841643d7b1c08ee9a'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, '1'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '595'::BIGINT, '0.0'::DOUBLE, '14.674211000965443'::DOUBLE, '2026-11-26 06:56:55.477403'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '56b0616a25ce9e418661893075f975aa'::VARCHAR);
INSERT INTO llm_calls VALUES ('2519f17dfd7f04afca4cfffaf5f21323/1'::VARCHAR, '2519f17dfd7f04afca4cfffaf5f21323'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '542'::BIGINT, '17'::BIGINT, '0.0'::DOUBLE, '40.14932599966414'::DOUBLE, '2026-11-26 06:57:16.012769'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '3f1f6b1fe6e7810b1c56c2715f984195'::VARCHAR);
INSERT INTO llm_calls VALUES ('285fd7da81a755e5232dfc7f8d8e434d/1'::VARCHAR, '285fd7da81a755e5232dfc7f8d8e434d'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '40.08478899777401'::DOUBLE, '2026-11-26 06:57:00.724637'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'f9dbd993a47c50d96a97ad0664411c7b'::VARCHAR);
INSERT INTO llm_calls VALUES ('2ad71176ac9ca31f1fda694e0d2a7e63/1'::VARCHAR, '2ad71176ac9ca31f1fda694e0d2a7e63'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '551'::BIGINT, '13'::BIGINT, '0.0'::DOUBLE, '28.20061199963675'::DOUBLE, '2026-11-26 06:57:16.012784'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '659562549e5243529ac406603ac1d5a3'::VARCHAR);
INSERT INTO llm_calls VALUES ('354ed00ca7635002ef4fd9424151b233/1'::VARCHAR, '354ed00ca7635002ef4fd9424151b233'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '30'::BIGINT, '0.0'::DOUBLE, '18.342045997997047'::DOUBLE, '2026-11-26 06:57:10.176969'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '5d6ff9c09ea5e7b50dec139c69295002'::VARCHAR);
INSERT INTO llm_calls VALUES ('4f35de498d551a6a34eac76a2abbe867/1'::VARCHAR, '4f35de498d551a6a34eac76a2abbe867'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '540'::BIGINT, '18'::BIGINT, '0.0'::DOUBLE, '58.139559001574526'::DOUBLE, '2026-11-26 06:57:16.012794'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '30481b73dbdc59cf01ca8009ff07f86b'::VARCHAR);
INSERT INTO llm_calls VALUES ('53886ac1a69a0a00df9fc9f1fbb806c6/1'::VARCHAR, '53886ac1a69a0a00df9fc9f1fbb806c6'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '57.03581400302937'::DOUBLE, '2026-11-26 06:57:00.724659'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'a6fd1013b5449a8d41a8e8c4dca005ed'::VARCHAR);
INSERT INTO llm_calls VALUES ('6057b7047b64d96b87467b1e68d9ebe1/1'::VARCHAR, '6057b7047b64d96b87467b1e68d9ebe1'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '571'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '11.481050998554565'::DOUBLE, '2026-11-26 06:57:00.724646'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, '951e402f277d58bc396b3623a197fd6b'::VARCHAR);
INSERT INTO llm_calls VALUES ('6bf2fe337671179c0a4284c70854d77d/1'::VARCHAR, '6bf2fe337671179c0a4284c70854d77d'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '17'::BIGINT, '0.0'::DOUBLE, '57.16238199966028'::DOUBLE, '2026-11-26 06:57:00.724665'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, '2245d6a3e0db0d035f4654ad8a445184'::VARCHAR);
INSERT INTO llm_calls VALUES ('70ba2ea7ef20ecdf05ec40d9923addf5/1'::VARCHAR, '70ba2ea7ef20ecdf05ec40d9923addf5'::VARCHAR, '1'::BIGINT, 'evaluator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/o1-mini'::VARCHAR, '1'::VARCHAR, 'simulated/o1-mini'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '534'::BIGINT, '17'::BIGINT, '0.0'::DOUBLE, '14.01101900046342'::DOUBLE, '2026-11-26 06:58:25.853367'::TIMESTAMP, 'true'::BOOLEAN, 'quality_scores'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'b689a45663679dace663bfaa5a78f4b7'::VARCHAR);
INSERT INTO llm_calls VALUES ('71bdd837834b6840e779d712a540b045/1'::VARCHAR, '71bdd837834b6840e779d712a540b045'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '560'::BIGINT, '20'::BIGINT, '0.0'::DOUBLE, '43.31429499870865'::DOUBLE, '2026-11-26 06:57:10.17705'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '1147523ab0ff7aa4c8dab60141a3eeb1'::VARCHAR);
INSERT INTO llm_calls VALUES ('755ee879a8de0a60c9cf581d96501b93/1'::VARCHAR, '755ee879a8de0a60c9cf581d96501b93'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, '1'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '526'::BIGINT, '0.0'::DOUBLE, '24.1501700002118'::DOUBLE, '2026-11-26 06:56:55.477378'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '419bb5812881f358b00c2d6c5f21fc2f'::VARCHAR);
INSERT INTO llm_calls VALUES ('7aabec0a58b22107cb53992a79edc924/1'::VARCHAR, '7aabec0a58b22107cb53992a79edc924'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, '1'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '547'::BIGINT, '0.0'::DOUBLE, '15.410792002512608'::DOUBLE, '2026-11-26 06:56:55.477387'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '0a864d2a8e3962cf6c8c17f3cecd649e'::VARCHAR);
INSERT INTO llm_calls VALUES ('7bd3b0d479e16a237ffa32cb5b4333e4/1'::VARCHAR, '7bd3b0d479e16a237ffa32cb5b4333e4'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '30'::BIGINT, '0.0'::DOUBLE, '18.577924998680828'::DOUBLE, '2026-11-26 06:57:00.724446'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'a7b32846cc335d3112309ea1a8fb0809'::VARCHAR);
INSERT INTO llm_calls VALUES ('8d67d3570848c921e5fb8d727a8e0ed9/1'::VARCHAR, '8d67d3570848c921e5fb8d727a8e0ed9'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '34'::BIGINT, '0.0'::DOUBLE, '18.705143997067353'::DOUBLE, '2026-11-26 06:57:10.177063'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'a945c74f9faf5389d430cc3a96acf221'::VARCHAR);
INSERT INTO llm_calls VALUES ('97ca3c329380f5e5a21a5604c9ddb305/1'::VARCHAR, '97ca3c329380f5e5a21a5604c9ddb305'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '328'::BIGINT, '0.0'::DOUBLE, '41.89569200025289'::DOUBLE, '2026-11-26 06:56:55.477418'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '354dc1e04f1abfc8ba80cb308a2efcf5'::VARCHAR);
INSERT INTO llm_calls VALUES ('9a4297e45943e2b5c27b9c9161f4815e/1'::VARCHAR, '9a4297e45943e2b5c27b9c9161f4815e'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '542'::BIGINT, '21'::BIGINT, '0.0'::DOUBLE, '15.793159000168089'::DOUBLE, '2026-11-26 06:57:16.012762'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'be8b20cd5ba261f06a59081880e797ce'::VARCHAR);
INSERT INTO llm_calls VALUES ('a4e09495a0cedbe220ba5057acba5a37/1'::VARCHAR, 'a4e09495a0cedbe220ba5057acba5a37'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, '1'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '541'::BIGINT, '0.0'::DOUBLE, '17.198430999997072'::DOUBLE, '2026-11-26 06:56:55.47741'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'b93b403b0398f287d882787a12280139'::VARCHAR);
INSERT INTO llm_calls VALUES ('a630033da799638026223f52f5390d10/1'::VARCHAR, 'a630033da799638026223f52f5390d10'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '571'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '18.788106997817522'::DOUBLE, '2026-11-26 06:57:10.176923'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '80303d8d8aedb95015925bcab249c615'::VARCHAR);
INSERT INTO llm_calls VALUES ('b418f3c3dfb1825776c9e16dd91393c8/1'::VARCHAR, 'b418f3c3dfb1825776c9e16dd91393c8'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '549'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '24.786373000097228'::DOUBLE, '2026-11-26 06:57:10.176945'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'fd914247da4e1f1c4334d3e3bbbb59a4'::VARCHAR);
INSERT INTO llm_calls VALUES ('b4fce550fde87da2943d99ad12a5c26a/1'::VARCHAR, 'b4fce550fde87da2943d99ad12a5c26a'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '554'::BIGINT, '20'::BIGINT, '0.0'::DOUBLE, '24.407361997873522'::DOUBLE, '2026-11-26 06:57:10.177073'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '944bde26332bde10a31a888e4f0d4c51'::VARCHAR);
INSERT INTO llm_calls VALUES ('bad1217055fe4b44cfe0c82aca5f491f/1'::VARCHAR, 'bad1217055fe4b44cfe0c82aca5f491f'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '29'::BIGINT, '0.0'::DOUBLE, '24.963516003481345'::DOUBLE, '2026-11-26 06:57:10.177011'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '89a0746f7c79e7b75a4975ca5bae50b6'::VARCHAR);
INSERT INTO llm_calls VALUES ('cc26095b2b0868241d8275596c51acbf/1'::VARCHAR, 'cc26095b2b0868241d8275596c51acbf'::VARCHAR, '1'::BIGINT, 'summariser'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/gpt-4o-mini'::VARCHAR, '1'::VARCHAR, 'simulated/gpt-4o-mini'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '503'::BIGINT, '69'::BIGINT, '0.0'::DOUBLE, '26.20913099963218'::DOUBLE, '2026-11-26 06:57:59.646891'::TIMESTAMP, 'true'::BOOLEAN, 'answer_summaries'::VARCHAR, 'mmlu'::VARCHAR, NULL, '2a3eda11e7f65baa33f02d601fed67f1'::VARCHAR);
INSERT INTO llm_calls VALUES ('cd424e17de4c5746eeeee40526e44956/1'::VARCHAR, 'cd424e17de4c5746eeeee40526e44956'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '549'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '38.74953099875711'::DOUBLE, '2026-11-26 06:57:00.724653'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, '125b2ba471a6c7ce7169a940827bc067'::VARCHAR);
INSERT INTO llm_calls VALUES ('cff5dbdee23c0d77156824baddce797c/1'::VARCHAR, 'cff5dbdee23c0d77156824baddce797c'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '316'::BIGINT, '0.0'::DOUBLE, '35.5200470003183'::DOUBLE, '2026-11-26 06:56:55.477433'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '5daed07fbfa76ed1bf2c1db255cba6da'::VARCHAR);
INSERT INTO llm_calls VALUES ('d08f81ee514ae1d332d3b423605f32e1/1'::VARCHAR, 'd08f81ee514ae1d332d3b423605f32e1'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '560'::BIGINT, '13'::BIGINT, '0.0'::DOUBLE, '35.73214000061853'::DOUBLE, '2026-11-26 06:57:16.012755'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '807ea1b1f48a6b438b3b9ae6146aca82'::VARCHAR);
INSERT INTO llm_calls VALUES ('d40ba68b800d33fed609f38e18dcda98/1'::VARCHAR, 'd40ba68b800d33fed609f38e18dcda98'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '564'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '27.797044000180904'::DOUBLE, '2026-11-26 06:57:00.724671'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, '6b9906783118b35c46a2a7e9c8fbd7ac'::VARCHAR);
INSERT INTO llm_calls VALUES ('d5c5578941c0ad7281faa9e9024eb44d/1'::VARCHAR, 'd5c5578941c0ad7281faa9e9024eb44d'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '552'::BIGINT, '26'::BIGINT, '0.0'::DOUBLE, '19.107889998849714'::DOUBLE, '2026-11-26 06:57:10.176692'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, '558dbc5529328e0091c804abdfee5c9c'::VARCHAR);
INSERT INTO llm_calls VALUES ('da5605ff1cd7010abcb452af167ff8cf/1'::VARCHAR, 'da5605ff1cd7010abcb452af167ff8cf'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '550'::BIGINT, '30'::BIGINT, '0.0'::DOUBLE, '24.101007998979185'::DOUBLE, '2026-11-26 06:57:10.177091'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'aaab4a15c385846e0b46c2271a704f48'::VARCHAR);
INSERT INTO llm_calls VALUES ('ddfded7d3e0fc4a043427785c578f5bd/1'::VARCHAR, 'ddfded7d3e0fc4a043427785c578f5bd'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '550'::BIGINT, '30'::BIGINT, '0.0'::DOUBLE, '38.2664049975574'::DOUBLE, '2026-11-26 06:57:00.724691'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'e50b15c60d2185d16650e772ffae1eee'::VARCHAR);
INSERT INTO llm_calls VALUES ('dfa340d9d1dfcfc02cc8af6089c0c3aa/1'::VARCHAR, 'dfa340d9d1dfcfc02cc8af6089c0c3aa'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '554'::BIGINT, '16'::BIGINT, '0.0'::DOUBLE, '46.09374299980118'::DOUBLE, '2026-11-26 06:57:16.012778'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'faf4d8347f842f78b9310e1f6aa31f86'::VARCHAR);
INSERT INTO llm_calls VALUES ('e01d3e35b05085784b59997f2e36f4b7/1'::VARCHAR, 'e01d3e35b05085784b59997f2e36f4b7'::VARCHAR, '1'::BIGINT, 'summariser'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/gpt-4o-mini'::VARCHAR, '1'::VARCHAR, 'simulated/gpt-4o-mini'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '503'::BIGINT, '58'::BIGINT, '0.0'::DOUBLE, '9.769685002538608'::DOUBLE, '2026-11-26 06:57:59.647076'::TIMESTAMP, 'true'::BOOLEAN, 'answer_summaries'::VARCHAR, 'mmlu'::VARCHAR, NULL, '2c3d6c40de8fadb20f3d19beecf65fb2'::VARCHAR);
INSERT INTO llm_calls VALUES ('e29272a8af8b68c93cee5f60b4fe94e0/1'::VARCHAR, 'e29272a8af8b68c93cee5f60b4fe94e0'::VARCHAR, '1'::BIGINT, 'evaluator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/o1-mini'::VARCHAR, '1'::VARCHAR, 'simulated/o1-mini'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '534'::BIGINT, '16'::BIGINT, '0.0'::DOUBLE, '17.452227999456227'::DOUBLE, '2026-11-26 06:58:25.852958'::TIMESTAMP, 'true'::BOOLEAN, 'quality_scores'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'ed6144808bb5e1497c0293da02ff65f0'::VARCHAR);
INSERT INTO llm_calls VALUES ('e695b2eebadcb3fe7841521f64b0152d/1'::VARCHAR, 'e695b2eebadcb3fe7841521f64b0152d'::VARCHAR, '1'::BIGINT, 'ranker'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '542'::BIGINT, '10'::BIGINT, '0.0'::DOUBLE, '37.19087199715432'::DOUBLE, '2026-11-26 06:57:16.012746'::TIMESTAMP, 'true'::BOOLEAN, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '53b2c41fa5b4f36f3cc744b2c167633a'::VARCHAR);
INSERT INTO llm_calls VALUES ('e7a0be4d6424c31bb97fd45b8a106df1/1'::VARCHAR, 'e7a0be4d6424c31bb97fd45b8a106df1'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, '1'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '512'::BIGINT, '0.0'::DOUBLE, '8.340368000062881'::DOUBLE, '2026-11-26 06:56:55.476606'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, '97b5283dde5cd41109113722abd69326'::VARCHAR);
INSERT INTO llm_calls VALUES ('e9edc6bc0c867623e83ca56cb0bf8b71/1'::VARCHAR, 'e9edc6bc0c867623e83ca56cb0bf8b71'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '562'::BIGINT, '30'::BIGINT, '0.0'::DOUBLE, '69.40797500283225'::DOUBLE, '2026-11-26 06:57:00.724684'::TIMESTAMP, 'true'::BOOLEAN, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, NULL, '97f26b46bf5bd84d195b341df2db0b9e'::VARCHAR);
INSERT INTO llm_calls VALUES ('f31689875d0cc1a050fdd59c94c1404c/1'::VARCHAR, 'f31689875d0cc1a050fdd59c94c1404c'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '551'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '43.399581001722254'::DOUBLE, '2026-11-26 06:57:10.177104'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'abeb7651d3100164751977c31c773ec9'::VARCHAR);
INSERT INTO llm_calls VALUES ('f330446bd6a8fec16c070366cccca156/1'::VARCHAR, 'f330446bd6a8fec16c070366cccca156'::VARCHAR, '1'::BIGINT, 'generator'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '283'::BIGINT, '313'::BIGINT, '0.0'::DOUBLE, '17.68248799999128'::DOUBLE, '2026-11-26 06:56:55.477444'::TIMESTAMP, 'true'::BOOLEAN, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'de7d4ed8e22b0f8553caacf4fdd7e92e'::VARCHAR);
INSERT INTO llm_calls VALUES ('fca2869fc2c61d307fe68ebb6f2e5135/1'::VARCHAR, 'fca2869fc2c61d307fe68ebb6f2e5135'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '562'::BIGINT, '30'::BIGINT, '0.0'::DOUBLE, '43.09654100143234'::DOUBLE, '2026-11-26 06:57:10.177036'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'a1de028d075bd588e71ba5d47998b6cc'::VARCHAR);
INSERT INTO llm_calls VALUES ('fdf32bd4f28395da05afab9187e9230d/1'::VARCHAR, 'fdf32bd4f28395da05afab9187e9230d'::VARCHAR, '1'::BIGINT, 'verifier'::VARCHAR, 'rehearsal'::VARCHAR, 'simulated'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'completed'::VARCHAR, NULL, '200'::BIGINT, 'stop'::VARCHAR, '563'::BIGINT, '27'::BIGINT, '0.0'::DOUBLE, '18.670141998882173'::DOUBLE, '2026-11-26 06:57:10.176958'::TIMESTAMP, 'true'::BOOLEAN, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, NULL, 'c84a7905f0bbd8aed6be5c38e122094c'::VARCHAR);
CREATE TABLE overrides(override_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, entry BIGINT NOT NULL, question_id VARCHAR, "source" VARCHAR, native_id VARCHAR, published_gold_text VARCHAR, gold_letter VARCHAR, gold_text VARCHAR, reason VARCHAR NOT NULL, decided_by VARCHAR NOT NULL, decided_on VARCHAR NOT NULL, note VARCHAR NOT NULL, is_applied BOOLEAN NOT NULL, problem VARCHAR, row_hash VARCHAR NOT NULL);
CREATE TABLE publishes(publish_id VARCHAR NOT NULL, seq BIGINT NOT NULL, table_name VARCHAR NOT NULL, "partition" VARCHAR NOT NULL, run_id VARCHAR NOT NULL, published_at TIMESTAMP NOT NULL, "rows" BIGINT NOT NULL, rows_inserted BIGINT NOT NULL, rows_deleted BIGINT NOT NULL, fingerprint VARCHAR NOT NULL, profile VARCHAR NOT NULL, "statistics" VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO publishes VALUES ('answer_summaries/mmlu/14'::VARCHAR, '14'::BIGINT, 'answer_summaries'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:58:09.340487'::TIMESTAMP, '2'::BIGINT, '2'::BIGINT, '0'::BIGINT, '65c3c72d0f7ba65f5ce0bd0772956e0b'::VARCHAR, 'simulated'::VARCHAR, '{"n_accepted": 2, "partition": "mmlu", "rows": 2}'::VARCHAR, '67cea427645deff11414c1065f73dd9c'::VARCHAR);
INSERT INTO publishes VALUES ('benchmark_questions//1'::VARCHAR, '1'::BIGINT, 'benchmark_questions'::VARCHAR, ''::VARCHAR, '6c61478b-7fba-43ab-a63e-7ce34caf4219'::VARCHAR, '2026-11-26 06:55:44.061928'::TIMESTAMP, '15'::BIGINT, '15'::BIGINT, '0'::BIGINT, '0f5c716e7452b303738629ca1ab1a258'::VARCHAR, 'simulated'::VARCHAR, '{"partition": null, "rows": 15}'::VARCHAR, '36de0de33ea9187c14c819f6ce6a812a'::VARCHAR);
INSERT INTO publishes VALUES ('call_uses//22'::VARCHAR, '22'::BIGINT, 'call_uses'::VARCHAR, ''::VARCHAR, 'df8b338a-aa0b-4774-8e80-7c452572eaf8'::VARCHAR, '2026-11-26 06:59:58.823326'::TIMESTAMP, '45'::BIGINT, '45'::BIGINT, '0'::BIGINT, 'e18df41862ceb19a75b22856cb6320d2'::VARCHAR, 'simulated'::VARCHAR, '{"partition": null, "rows": 45}'::VARCHAR, '38f2721db43f419a0e048ef79652f780'::VARCHAR);
INSERT INTO publishes VALUES ('difficulty_tiers/mmlu/9'::VARCHAR, '9'::BIGINT, 'difficulty_tiers'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:57:06.741008'::TIMESTAMP, '1'::BIGINT, '1'::BIGINT, '0'::BIGINT, 'b8ee244bae6ef930e31f7453ef151829'::VARCHAR, 'simulated'::VARCHAR, '{"n_label_doubt": 0, "partition": "mmlu", "rows": 1, "tiers": {"easy": 1}}'::VARCHAR, 'db091b8813f12a3e30571e6a935fb201'::VARCHAR);
INSERT INTO publishes VALUES ('dropped_examples/mmlu/15'::VARCHAR, '15'::BIGINT, 'dropped_examples'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:58:22.987818'::TIMESTAMP, '0'::BIGINT, '0'::BIGINT, '0'::BIGINT, '7f451bee64bb680de70ce9ead07b9e69'::VARCHAR, 'simulated'::VARCHAR, '{"partition": "mmlu", "reasons": null, "rows": 0}'::VARCHAR, 'c23894235af710560d7ff79499e41230'::VARCHAR);
INSERT INTO publishes VALUES ('llm_calls//17'::VARCHAR, '17'::BIGINT, 'llm_calls'::VARCHAR, ''::VARCHAR, 'df8b338a-aa0b-4774-8e80-7c452572eaf8'::VARCHAR, '2026-11-26 06:59:07.540123'::TIMESTAMP, '45'::BIGINT, '45'::BIGINT, '0'::BIGINT, '89b4b9075061b1dffd736d08f872c352'::VARCHAR, 'simulated'::VARCHAR, '{"cost_usd": 0.0, "outcomes": {"completed": 45}, "partition": null, "rows": 45}'::VARCHAR, '21b79b60249b1be562b9d2a5176ff96e'::VARCHAR);
INSERT INTO publishes VALUES ('overrides//2'::VARCHAR, '2'::BIGINT, 'overrides'::VARCHAR, ''::VARCHAR, '6c61478b-7fba-43ab-a63e-7ce34caf4219'::VARCHAR, '2026-11-26 06:55:45.622165'::TIMESTAMP, '0'::BIGINT, '0'::BIGINT, '0'::BIGINT, '43af9d535821b93ed6b56a2669235743'::VARCHAR, 'simulated'::VARCHAR, '{"kinds": null, "n_not_followed": 0, "partition": null, "rows": 0}'::VARCHAR, '38eb3483863c91250d7beff41e2cf473'::VARCHAR);
INSERT INTO publishes VALUES ('quality_scores/mmlu/16'::VARCHAR, '16'::BIGINT, 'quality_scores'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:58:27.65771'::TIMESTAMP, '2'::BIGINT, '2'::BIGINT, '0'::BIGINT, '88f38962f3de1f8c6d63dddcb668dd26'::VARCHAR, 'simulated'::VARCHAR, '{"mean_scores": {"final": 8.5}, "partition": "mmlu", "rows": 2}'::VARCHAR, 'a3faa9fe56f94e0a2861c1194ad9925f'::VARCHAR);
INSERT INTO publishes VALUES ('question_matches//3'::VARCHAR, '3'::BIGINT, 'question_matches'::VARCHAR, ''::VARCHAR, '6c61478b-7fba-43ab-a63e-7ce34caf4219'::VARCHAR, '2026-11-26 06:55:48.265193'::TIMESTAMP, '3'::BIGINT, '3'::BIGINT, '0'::BIGINT, '8aa0694adcd6bb316584da050495eedb'::VARCHAR, 'simulated'::VARCHAR, '{"decisions": {"contaminated": 2, "near_duplicate": 1}, "partition": null, "rows": 3}'::VARCHAR, '2eff4a54effff8d460a0e5fca2b5e098'::VARCHAR);
INSERT INTO publishes VALUES ('questions/mmlu/5'::VARCHAR, '5'::BIGINT, 'questions'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:56:36.452596'::TIMESTAMP, '1'::BIGINT, '1'::BIGINT, '0'::BIGINT, 'def1a36e7eb1d65fe094ed7fc9cece48'::VARCHAR, 'simulated'::VARCHAR, '{"letters": {"A": 1}, "partition": "mmlu", "rows": 1}'::VARCHAR, '781dee3556785beccabf12a4b3789335'::VARCHAR);
INSERT INTO publishes VALUES ('ranked_paths/mmlu/11'::VARCHAR, '11'::BIGINT, 'ranked_paths'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:57:18.989495'::TIMESTAMP, '8'::BIGINT, '8'::BIGINT, '0'::BIGINT, '811d01f55c1815eec46693a2232ff3f2'::VARCHAR, 'simulated'::VARCHAR, '{"partition": "mmlu", "rows": 8, "scores": {"3.0": 4, "4.0": 2, "5.0": 2}}'::VARCHAR, '22e316b796e45c19d5c6f77bbf017f8f'::VARCHAR);
INSERT INTO publishes VALUES ('raw_questions/mmlu/4'::VARCHAR, '4'::BIGINT, 'raw_questions'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:56:10.093038'::TIMESTAMP, '16'::BIGINT, '16'::BIGINT, '0'::BIGINT, 'bf9f9fc59b35f0ae26dd4cda58503546'::VARCHAR, 'simulated'::VARCHAR, '{"files": [{"file": "mmlu/dev/anatomy_dev.csv", "n_unreadable": 0, "records": 1, "split": "dev", "split_role": "train"}, {"file": "mmlu/dev/clinical_knowledge_dev.csv", "n_unreadable": 0, "records": 1, "split": "dev", "split_role": "train"}, {"file": "mmlu/dev/college_biology_dev.csv", "n_unreadable": 0, "records": 1, "split": "dev", "split_role": "train"}, {"file": "mmlu/dev/college_medicine_dev.csv", "n_unreadable": 0, "records": 1, "split": "dev", "split_role": "train"}, {"file": "mmlu/dev/medical_genetics_dev.csv", "n_unreadable": 0, "records": 1, "split": "dev", "split_role": "train"}, {"file": "mmlu/dev/professional_medicine_dev.csv", "n_unreadable": 0, "records": 1, "split": "dev", "split_role": "train"}, {"file": "mmlu/val/anatomy_val.csv", "n_unreadable": 0, "records": 2, "split": "val", "split_role": "train"}, {"file": "mmlu/val/clinical_knowledge_val.csv", "n_unreadable": 0, "records": 2, "split": "val", "split_role": "train"}, {"file": "mmlu/val/college_biology_val.csv", "n_unreadable": 0, "records": 1, "split": "val", "split_role": "train"}, {"file": "mmlu/val/college_medicine_val.csv", "n_unreadable": 0, "records": 2, "split": "val", "split_role": "train"}, {"file": "mmlu/val/medical_genetics_val.csv", "n_unreadable": 0, "records": 1, "split": "val", "split_role": "train"}, {"file": "mmlu/val/professional_medicine_val.csv", "n_unreadable": 0, "records": 2, "split": "val", "split_role": "train"}], "letters": {"A": 4, "B": 4, "C": 4, "D": 4}, "partition": "mmlu", "rows": 16}'::VARCHAR, 'cb0f2f4cde543d9cef246a784e2546f1'::VARCHAR);
INSERT INTO publishes VALUES ('reasoning_paths/mmlu/7'::VARCHAR, '7'::BIGINT, 'reasoning_paths'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:56:57.366052'::TIMESTAMP, '9'::BIGINT, '9'::BIGINT, '0'::BIGINT, '9439e8a4f6053b3a95af174dcbfac8e2'::VARCHAR, 'simulated'::VARCHAR, '{"median_characters": {"deepseek": 1405.0, "huatuo": 1385.0, "qwen": 1437.0}, "outcomes": {"completed": 9}, "partition": "mmlu", "rows": 9}'::VARCHAR, 'ddbacd96960809cdbfffdd32f81159c7'::VARCHAR);
INSERT INTO publishes VALUES ('reasonmed/mmlu/13'::VARCHAR, '13'::BIGINT, 'reasonmed'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:57:39.129632'::TIMESTAMP, '2'::BIGINT, '2'::BIGINT, '0'::BIGINT, '04e5a1cd05f54c044aa25622772d0324'::VARCHAR, 'simulated'::VARCHAR, '{"partition": "mmlu", "rows": 2, "tiers": {"easy": 2}}'::VARCHAR, '85227071f8d2a100b3f2a4de737d13e7'::VARCHAR);
INSERT INTO publishes VALUES ('refined_paths/mmlu/12'::VARCHAR, '12'::BIGINT, 'refined_paths'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:57:27.715126'::TIMESTAMP, '0'::BIGINT, '0'::BIGINT, '0'::BIGINT, '848e6125836af0cb0814a42ac0d7f30d'::VARCHAR, 'simulated'::VARCHAR, '{"n_accepted": 0, "n_rounds": 0, "partition": "mmlu", "rows": 0}'::VARCHAR, '67a52ed6e92b483432d71e69c55fb30f'::VARCHAR);
INSERT INTO publishes VALUES ('rejected_questions/mmlu/6'::VARCHAR, '6'::BIGINT, 'rejected_questions'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:56:51.632483'::TIMESTAMP, '1'::BIGINT, '1'::BIGINT, '0'::BIGINT, 'c9eb4b450b2ef32cece5f9183788787e'::VARCHAR, 'simulated'::VARCHAR, '{"partition": "mmlu", "reasons": {"contaminated": 1}, "rows": 1}'::VARCHAR, 'd1f0a786fa072f5d65a3e5262165dcbb'::VARCHAR);
INSERT INTO publishes VALUES ('reviews//18'::VARCHAR, '18'::BIGINT, 'reviews'::VARCHAR, ''::VARCHAR, 'df8b338a-aa0b-4774-8e80-7c452572eaf8'::VARCHAR, '2026-11-26 06:59:13.380113'::TIMESTAMP, '0'::BIGINT, '0'::BIGINT, '0'::BIGINT, '8f6cc931e97dcc6b3c14e8c40d4a0a8b'::VARCHAR, 'simulated'::VARCHAR, '{"files": null, "n_current": 0, "n_stale": 0, "partition": null, "rows": 0}'::VARCHAR, '3b62af53951ae8af95c3533e20886f4c'::VARCHAR);
INSERT INTO publishes VALUES ('sft_cot//19'::VARCHAR, '19'::BIGINT, 'sft_cot'::VARCHAR, ''::VARCHAR, 'df8b338a-aa0b-4774-8e80-7c452572eaf8'::VARCHAR, '2026-11-26 06:59:20.664284'::TIMESTAMP, '2'::BIGINT, '2'::BIGINT, '0'::BIGINT, '8a3db1f111339ebb1ff486f0e61ed02f'::VARCHAR, 'simulated'::VARCHAR, '{"partition": null, "rows": 2}'::VARCHAR, '400bb42f131c69558b46a4f5c5ebfdfe'::VARCHAR);
INSERT INTO publishes VALUES ('sft_reasonmed//20'::VARCHAR, '20'::BIGINT, 'sft_reasonmed'::VARCHAR, ''::VARCHAR, 'df8b338a-aa0b-4774-8e80-7c452572eaf8'::VARCHAR, '2026-11-26 06:59:32.691916'::TIMESTAMP, '2'::BIGINT, '2'::BIGINT, '0'::BIGINT, '65aefe67ce2cdd79fe7b3ba4d7c86d7e'::VARCHAR, 'simulated'::VARCHAR, '{"partition": null, "rows": 2}'::VARCHAR, 'b36fb97273df347decaee1bbba22e53b'::VARCHAR);
INSERT INTO publishes VALUES ('sft_response//21'::VARCHAR, '21'::BIGINT, 'sft_response'::VARCHAR, ''::VARCHAR, 'df8b338a-aa0b-4774-8e80-7c452572eaf8'::VARCHAR, '2026-11-26 06:59:46.860375'::TIMESTAMP, '2'::BIGINT, '2'::BIGINT, '0'::BIGINT, 'c31b78b1431de5ac713c66b71f3f7276'::VARCHAR, 'simulated'::VARCHAR, '{"partition": null, "rows": 2}'::VARCHAR, '894572a300e62f5633b16a0b8fa3660d'::VARCHAR);
INSERT INTO publishes VALUES ('verifications/mmlu/8'::VARCHAR, '8'::BIGINT, 'verifications'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:57:02.538935'::TIMESTAMP, '9'::BIGINT, '9'::BIGINT, '0'::BIGINT, '0a7f03e3d9392981de78bf2da633203f'::VARCHAR, 'simulated'::VARCHAR, '{"acceptance": {"deepseek": 0.666667, "huatuo": 1.0, "qwen": 1.0}, "n_missing": 0, "partition": "mmlu", "rows": 9}'::VARCHAR, 'f387e91c8dd2e4175db14982fdc2e25d'::VARCHAR);
INSERT INTO publishes VALUES ('verifier_audit/mmlu/10'::VARCHAR, '10'::BIGINT, 'verifier_audit'::VARCHAR, 'mmlu'::VARCHAR, '184734a5-cf7a-4246-ac6e-5bd25f82314c'::VARCHAR, '2026-11-26 06:57:11.802252'::TIMESTAMP, '15'::BIGINT, '15'::BIGINT, '0'::BIGINT, '8edaa6890d7ead0b18c4c041bcd7f2f9'::VARCHAR, 'simulated'::VARCHAR, '{"partition": "mmlu", "rows": 15, "second_verdicts": {"answer_swapped: error": 3, "negation_changed: correct": 1, "negation_changed: error": 2, "repeat: correct": 7, "repeat: error": 2}}'::VARCHAR, 'e7a783ae4df02a2791cb9d4a938ee61f'::VARCHAR);
CREATE TABLE quality_scores(score_id VARCHAR NOT NULL, example_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, tier VARCHAR NOT NULL, text_role VARCHAR NOT NULL, path_id VARCHAR NOT NULL, clinical_accuracy DOUBLE, logic DOUBLE, factual_correctness DOUBLE, completeness DOUBLE, score DOUBLE, justification VARCHAR, outcome VARCHAR, outcome_detail VARCHAR, call_keys VARCHAR[] NOT NULL, model VARCHAR, revision VARCHAR, served_model VARCHAR, system_fingerprint VARCHAR, provider_kind VARCHAR, prompt_hash VARCHAR, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, attempts BIGINT NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO quality_scores VALUES ('9dd1d8bfd111c6e1'::VARCHAR, 'de5b3f75249f4c3c'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'easy'::VARCHAR, 'final'::VARCHAR, 'b24f950ac0871348'::VARCHAR, '9.0'::DOUBLE, '7.0'::DOUBLE, '9.0'::DOUBLE, '9.0'::DOUBLE, '8.5'::DOUBLE, 'Right conclusion, although one of the options is passed over too quickly.'::VARCHAR, 'completed'::VARCHAR, NULL, '[e29272a8af8b68c93cee5f60b4fe94e0]'::VARCHAR[], 'simulated/o1-mini'::VARCHAR, '1'::VARCHAR, 'simulated/o1-mini'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '60ef69a0ff4b014d'::VARCHAR, 'stop'::VARCHAR, '534'::BIGINT, '16'::BIGINT, NULL, '1'::BIGINT, '80c47cb1b1aa569996635f531b92e3d7'::VARCHAR);
INSERT INTO quality_scores VALUES ('d3ec199a39d4d447'::VARCHAR, '1d21b343543fe880'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'easy'::VARCHAR, 'final'::VARCHAR, '8c1e31fc313bdd41'::VARCHAR, '9.0'::DOUBLE, '8.0'::DOUBLE, '8.0'::DOUBLE, '9.0'::DOUBLE, '8.5'::DOUBLE, 'Accurate and in good order, with a well argued comparison at the end.'::VARCHAR, 'completed'::VARCHAR, NULL, '[70ba2ea7ef20ecdf05ec40d9923addf5]'::VARCHAR[], 'simulated/o1-mini'::VARCHAR, '1'::VARCHAR, 'simulated/o1-mini'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '60ef69a0ff4b014d'::VARCHAR, 'stop'::VARCHAR, '534'::BIGINT, '17'::BIGINT, NULL, '1'::BIGINT, 'afcd8e445589cc3262fe229af438f6df'::VARCHAR);
CREATE TABLE question_matches(match_id VARCHAR NOT NULL, raw_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, other_raw_id VARCHAR NOT NULL, other_source VARCHAR NOT NULL, other_split_role VARCHAR NOT NULL, decision VARCHAR NOT NULL, is_exact BOOLEAN NOT NULL, edit_ratio DOUBLE NOT NULL, is_same_gold BOOLEAN NOT NULL, is_same_facts BOOLEAN NOT NULL, evidence VARCHAR NOT NULL, group_id VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO question_matches VALUES ('02e759d111d298b1'::VARCHAR, '1016a8b44c17ec51'::VARCHAR, 'medqa'::VARCHAR, '5d7ec7ec7f5077a0'::VARCHAR, 'medqa'::VARCHAR, 'train'::VARCHAR, 'near_duplicate'::VARCHAR, 'false'::BOOLEAN, '97.41060419235512'::DOUBLE, 'true'::BOOLEAN, 'true'::BOOLEAN, 'medqa dev, medqa/US/dev.jsonl row 8: A 24-year-old woman is brought to the emergency department 40 minutes after she swallowed an unknown'::VARCHAR, '1016a8b44c17ec51'::VARCHAR, 'e3ba2f1037ee5cf51a1e659ed16cba6c'::VARCHAR);
INSERT INTO question_matches VALUES ('1f7d15da6e4c3296'::VARCHAR, '9034d41df9b095eb'::VARCHAR, 'mmlu'::VARCHAR, '5294d36ca91fefc5'::VARCHAR, 'mmlu'::VARCHAR, 'benchmark'::VARCHAR, 'contaminated'::VARCHAR, 'true'::BOOLEAN, '100.0'::DOUBLE, 'true'::BOOLEAN, 'true'::BOOLEAN, 'mmlu test, mmlu/test/college_biology_test.csv row 1: Which enzyme catalyses the main rate-limiting step of glycolysis?'::VARCHAR, '9034d41df9b095eb'::VARCHAR, 'dda2f2ea6ee066afe34e900b3778c2f6'::VARCHAR);
INSERT INTO question_matches VALUES ('3888785a0d4d37e5'::VARCHAR, 'af19ce49dc530821'::VARCHAR, 'medqa'::VARCHAR, 'e65351c0a1769f6d'::VARCHAR, 'medqa'::VARCHAR, 'benchmark'::VARCHAR, 'contaminated'::VARCHAR, 'true'::BOOLEAN, '98.37997054491899'::DOUBLE, 'true'::BOOLEAN, 'true'::BOOLEAN, 'medqa test, medqa/US/test.jsonl row 1: A 52-year-old man with long-standing alcohol use disorder is brought to the emergency department bec'::VARCHAR, 'af19ce49dc530821'::VARCHAR, '085b15f6e671297262fd79cf4129cbb9'::VARCHAR);
CREATE TABLE questions(question_id VARCHAR NOT NULL, raw_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, split VARCHAR NOT NULL, split_role VARCHAR NOT NULL, native_id VARCHAR, question VARCHAR NOT NULL, context VARCHAR, "options" VARCHAR[] NOT NULL, option_order BIGINT[] NOT NULL, gold_letter VARCHAR NOT NULL, gold_text VARCHAR NOT NULL, published_gold_letter VARCHAR NOT NULL, override_note VARCHAR, n_options BIGINT NOT NULL, subject VARCHAR, "language" VARCHAR NOT NULL, explanation VARCHAR, licence VARCHAR NOT NULL, needs_figure BOOLEAN NOT NULL, group_id VARCHAR NOT NULL, fold VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO questions VALUES ('427c20e1eaf14788'::VARCHAR, 'da0b8df43795200e'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, NULL, 'Crossing over between homologous chromosomes takes place in'::VARCHAR, NULL, '[prophase I of meiosis., metaphase II of meiosis., anaphase of mitosis., telophase I of meiosis.]'::VARCHAR[], '[1, 2, 3, 4]'::BIGINT[], 'A'::VARCHAR, 'prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, NULL, '4'::BIGINT, 'college_biology'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, 'da0b8df43795200e'::VARCHAR, 'train'::VARCHAR, '24bdeb02cd31e0af8cbef80d82a25bb1'::VARCHAR);
CREATE TABLE ranked_paths(path_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, generator VARCHAR NOT NULL, tier VARCHAR NOT NULL, score DOUBLE, justification VARCHAR, tie_hash VARCHAR NOT NULL, path_rank BIGINT NOT NULL, near_copy_of VARCHAR, selection_rank BIGINT, outcome VARCHAR, outcome_detail VARCHAR, call_keys VARCHAR[] NOT NULL, model VARCHAR, revision VARCHAR, served_model VARCHAR, system_fingerprint VARCHAR, provider_kind VARCHAR, prompt_hash VARCHAR, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, attempts BIGINT NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO ranked_paths VALUES ('368ac1cbda3d90f3'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, 'easy'::VARCHAR, '3.0'::DOUBLE, 'Sound in the main; the step from the findings to the choice is short.'::VARCHAR, '58688a05cc0e29fa'::VARCHAR, '6'::BIGINT, NULL, '6'::BIGINT, 'completed'::VARCHAR, NULL, '[04d2a45aa93696adda4147e7012aa780]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '542'::BIGINT, '18'::BIGINT, NULL, '1'::BIGINT, '5938c62185457079c29c9f35867eaac2'::VARCHAR);
INSERT INTO ranked_paths VALUES ('4e13a9d84abc8822'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'easy'::VARCHAR, '3.0'::DOUBLE, 'The argument holds, yet the comparison stays general.'::VARCHAR, '5160c4b4fb0471f4'::VARCHAR, '5'::BIGINT, NULL, '5'::BIGINT, 'completed'::VARCHAR, NULL, '[e695b2eebadcb3fe7841521f64b0152d]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '542'::BIGINT, '10'::BIGINT, NULL, '1'::BIGINT, 'e8aea98338dc6c5c29c0069c46ad1536'::VARCHAR);
INSERT INTO ranked_paths VALUES ('77c0bb4ee55dff61'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, 'easy'::VARCHAR, '4.0'::DOUBLE, 'Sound reasoning that a student can follow step by step.'::VARCHAR, 'ef17b1c1d12d9538'::VARCHAR, '4'::BIGINT, NULL, '4'::BIGINT, 'completed'::VARCHAR, NULL, '[d08f81ee514ae1d332d3b423605f32e1]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '560'::BIGINT, '13'::BIGINT, NULL, '1'::BIGINT, '11bf1e79d941a375032697d7dd1d33bc'::VARCHAR);
INSERT INTO ranked_paths VALUES ('8c1e31fc313bdd41'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, 'easy'::VARCHAR, '5.0'::DOUBLE, 'Clear and complete; the role of "Crossing over between homologous chromosomes takes place" is made plain.'::VARCHAR, 'c13bcb6002ef16cd'::VARCHAR, '2'::BIGINT, NULL, '2'::BIGINT, 'completed'::VARCHAR, NULL, '[9a4297e45943e2b5c27b9c9161f4815e]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '542'::BIGINT, '21'::BIGINT, NULL, '1'::BIGINT, 'aaa36c0fdad250cf5f54731dee10fa83'::VARCHAR);
INSERT INTO ranked_paths VALUES ('b24f950ac0871348'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, 'easy'::VARCHAR, '5.0'::DOUBLE, 'Accurate and in good order, with a well argued comparison at the end.'::VARCHAR, '3076dfa484ebf8f1'::VARCHAR, '1'::BIGINT, NULL, '1'::BIGINT, 'completed'::VARCHAR, NULL, '[2519f17dfd7f04afca4cfffaf5f21323]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '542'::BIGINT, '17'::BIGINT, NULL, '1'::BIGINT, '0de5b6175edb188088fc7b3e54c35d83'::VARCHAR);
INSERT INTO ranked_paths VALUES ('bd331f8b35c99d03'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'easy'::VARCHAR, '3.0'::DOUBLE, 'Right conclusion, although one of the options is passed over too quickly.'::VARCHAR, '65e398a7e3de8fd1'::VARCHAR, '7'::BIGINT, NULL, '7'::BIGINT, 'completed'::VARCHAR, NULL, '[dfa340d9d1dfcfc02cc8af6089c0c3aa]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '554'::BIGINT, '16'::BIGINT, NULL, '1'::BIGINT, '29fcf994855bff2072b2af3cd9b94d8b'::VARCHAR);
INSERT INTO ranked_paths VALUES ('ce94d0f2e03b531d'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, 'easy'::VARCHAR, '4.0'::DOUBLE, 'Sound reasoning that a student can follow step by step.'::VARCHAR, '4be4dec22ae7b24b'::VARCHAR, '3'::BIGINT, NULL, '3'::BIGINT, 'completed'::VARCHAR, NULL, '[2ad71176ac9ca31f1fda694e0d2a7e63]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '551'::BIGINT, '13'::BIGINT, NULL, '1'::BIGINT, '6c2882ab1a3517a381f02651fa2f1380'::VARCHAR);
INSERT INTO ranked_paths VALUES ('fa6f5b39cd639a75'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'easy'::VARCHAR, '3.0'::DOUBLE, 'Accurate, but "Crossing over between homologous chromosomes takes place" deserved more than a mention.'::VARCHAR, 'cb5217cff600385d'::VARCHAR, '8'::BIGINT, NULL, '8'::BIGINT, 'completed'::VARCHAR, NULL, '[4f35de498d551a6a34eac76a2abbe867]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, 'b9fbc819074a061c'::VARCHAR, 'stop'::VARCHAR, '540'::BIGINT, '18'::BIGINT, NULL, '1'::BIGINT, '822e960fb2918ddc3c8b7fec2ae75323'::VARCHAR);
CREATE TABLE raw_questions(raw_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, split VARCHAR NOT NULL, split_role VARCHAR NOT NULL, file VARCHAR NOT NULL, "row" BIGINT NOT NULL, native_id VARCHAR, question VARCHAR NOT NULL, context VARCHAR, "options" VARCHAR[] NOT NULL, gold_letter VARCHAR NOT NULL, gold_text VARCHAR NOT NULL, n_options BIGINT NOT NULL, subject VARCHAR, "language" VARCHAR NOT NULL, explanation VARCHAR, licence VARCHAR NOT NULL, needs_figure BOOLEAN NOT NULL, native VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO raw_questions VALUES ('0370220e4afebfb6'::VARCHAR, '4ed53fbd9f830f28'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/college_medicine_val.csv'::VARCHAR, '2'::BIGINT, NULL, 'Creatine phosphate in muscle serves to'::VARCHAR, NULL, '[carry oxygen., rebuild ATP from ADP during the first seconds of hard work., bind calcium in the sarcoplasmic reticulum., neutralise lactate.]'::VARCHAR[], 'B'::VARCHAR, 'rebuild ATP from ADP during the first seconds of hard work.'::VARCHAR, '4'::BIGINT, 'college_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Creatine phosphate in muscle serves to","A":"carry oxygen.","B":"rebuild ATP from ADP during the first seconds of hard work.","C":"bind calcium in the sarcoplasmic reticulum.","D":"neutralise lactate.","answer":"B"}'::VARCHAR, '0c6cab2e01afca2c38103871c5d6a540'::VARCHAR);
INSERT INTO raw_questions VALUES ('0fb9b3ee77482c84'::VARCHAR, 'eb0ede75e131656e'::VARCHAR, 'mmlu'::VARCHAR, 'dev'::VARCHAR, 'train'::VARCHAR, 'mmlu/dev/clinical_knowledge_dev.csv'::VARCHAR, '1'::BIGINT, NULL, 'Which of these is a usual resting respiratory rate of a healthy adult, in breaths per minute?'::VARCHAR, NULL, '[4, 8, 14, 28]'::VARCHAR[], 'C'::VARCHAR, '14'::VARCHAR, '4'::BIGINT, 'clinical_knowledge'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which of these is a usual resting respiratory rate of a healthy adult, in breaths per minute?","A":"4","B":"8","C":"14","D":"28","answer":"C"}'::VARCHAR, '33f7238de781b6501cab90710fac2aac'::VARCHAR);
INSERT INTO raw_questions VALUES ('3b4af5b7a5cd194d'::VARCHAR, 'e461df017ff43fc1'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/professional_medicine_val.csv'::VARCHAR, '1'::BIGINT, NULL, 'A 30-year-old woman, gravida 1, at 34 weeks'' gestation has a headache and "spots before the eyes." Her blood pressure is 172/112 mm Hg. Tendon reflexes are brisk.
Urine
Protein  3+
Blood  negative
Which of the following is the most appropriate drug to prevent seizures?'::VARCHAR, NULL, '[Phenytoin, Diazepam, Magnesium sulfate, Levetiracetam]'::VARCHAR[], 'C'::VARCHAR, 'Magnesium sulfate'::VARCHAR, '4'::BIGINT, 'professional_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A 30-year-old woman, gravida 1, at 34 weeks'' gestation has a headache and \"spots before the eyes.\" Her blood pressure is 172/112 mm Hg. Tendon reflexes are brisk.\nUrine\nProtein  3+\nBlood  negative\nWhich of the following is the most appropriate drug to prevent seizures?","A":"Phenytoin","B":"Diazepam","C":"Magnesium sulfate","D":"Levetiracetam","answer":"C"}'::VARCHAR, 'cd368ca8031960bd692ce58ea7695618'::VARCHAR);
INSERT INTO raw_questions VALUES ('608f196d142c420c'::VARCHAR, '642e03da51165e1a'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/professional_medicine_val.csv'::VARCHAR, '2'::BIGINT, NULL, 'A 4-week-old boy has had projectile vomiting after feedings for 5 days; the vomit is not bilious. A firm, olive-sized mass is felt in the epigastrium. Serum studies are most likely to show which of the following?'::VARCHAR, NULL, '[Hyperchloremic metabolic acidosis, Hypochloremic metabolic alkalosis, Hyperkalemic metabolic acidosis, ''Respiratory acidosis, with normal chloride'']'::VARCHAR[], 'B'::VARCHAR, 'Hypochloremic metabolic alkalosis'::VARCHAR, '4'::BIGINT, 'professional_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A 4-week-old boy has had projectile vomiting after feedings for 5 days; the vomit is not bilious. A firm, olive-sized mass is felt in the epigastrium. Serum studies are most likely to show which of the following?","A":"Hyperchloremic metabolic acidosis","B":"Hypochloremic metabolic alkalosis","C":"Hyperkalemic metabolic acidosis","D":"Respiratory acidosis, with normal chloride","answer":"B"}'::VARCHAR, '0e57886a8820cfa70e2a80bbf53199ea'::VARCHAR);
INSERT INTO raw_questions VALUES ('63637fe46948173c'::VARCHAR, '5f7d8f1edfe4ec9b'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/clinical_knowledge_val.csv'::VARCHAR, '1'::BIGINT, NULL, 'Which of the following signs points to a lesion of the upper motor neuron?'::VARCHAR, NULL, '[Muscle fasciculations, Early severe wasting, Absent tendon reflexes, Extensor plantar response]'::VARCHAR[], 'D'::VARCHAR, 'Extensor plantar response'::VARCHAR, '4'::BIGINT, 'clinical_knowledge'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which of the following signs points to a lesion of the upper motor neuron?","A":"Muscle fasciculations","B":"Early severe wasting","C":"Absent tendon reflexes","D":"Extensor plantar response","answer":"D"}'::VARCHAR, 'ca5fd735568dbc691a41e0d272b5885a'::VARCHAR);
INSERT INTO raw_questions VALUES ('714f5b23eea0d0de'::VARCHAR, 'd06a58f20fcdaf02'::VARCHAR, 'mmlu'::VARCHAR, 'dev'::VARCHAR, 'train'::VARCHAR, 'mmlu/dev/medical_genetics_dev.csv'::VARCHAR, '1'::BIGINT, NULL, 'Huntington disease is inherited in which way?'::VARCHAR, NULL, '[Autosomal dominant, Autosomal recessive, X-linked recessive, Mitochondrial]'::VARCHAR[], 'A'::VARCHAR, 'Autosomal dominant'::VARCHAR, '4'::BIGINT, 'medical_genetics'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Huntington disease is inherited in which way?","A":"Autosomal dominant","B":"Autosomal recessive","C":"X-linked recessive","D":"Mitochondrial","answer":"A"}'::VARCHAR, '1db35724480d776201da1b768f4bfb39'::VARCHAR);
INSERT INTO raw_questions VALUES ('9034d41df9b095eb'::VARCHAR, '937da57a9b4e20cb'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/college_medicine_val.csv'::VARCHAR, '1'::BIGINT, NULL, 'Which enzyme catalyses the main rate-limiting step of glycolysis?'::VARCHAR, NULL, '[Hexokinase, Pyruvate kinase, Aldolase, Phosphofructokinase-1]'::VARCHAR[], 'D'::VARCHAR, 'Phosphofructokinase-1'::VARCHAR, '4'::BIGINT, 'college_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which enzyme catalyses the main rate-limiting step of glycolysis?","A":"Hexokinase","B":"Pyruvate kinase","C":"Aldolase","D":"Phosphofructokinase-1","answer":"D"}'::VARCHAR, '6e2ee45d16d22b488232031e1dbf8741'::VARCHAR);
INSERT INTO raw_questions VALUES ('9991eecfb05c209b'::VARCHAR, '8ff4a65e0192edc1'::VARCHAR, 'mmlu'::VARCHAR, 'dev'::VARCHAR, 'train'::VARCHAR, 'mmlu/dev/professional_medicine_dev.csv'::VARCHAR, '1'::BIGINT, NULL, 'A 62-year-old man has had crushing chest pain for 50 minutes. His pulse is 96/min and blood pressure is 142/88 mm Hg. The ECG shows ST-segment elevation in leads II, III and aVF.
Serum studies:
Potassium  4.1 mEq/L
Creatinine  0.9 mg/dL
Troponin I  2.4 ng/mL (N<0.04)
Which of the following coronary arteries is most likely occluded?'::VARCHAR, NULL, '[Left anterior descending artery, Right coronary artery, Left main coronary artery, First diagonal branch]'::VARCHAR[], 'B'::VARCHAR, 'Right coronary artery'::VARCHAR, '4'::BIGINT, 'professional_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"A 62-year-old man has had crushing chest pain for 50 minutes. His pulse is 96/min and blood pressure is 142/88 mm Hg. The ECG shows ST-segment elevation in leads II, III and aVF.\nSerum studies:\nPotassium  4.1 mEq/L\nCreatinine  0.9 mg/dL\nTroponin I  2.4 ng/mL (N<0.04)\nWhich of the following coronary arteries is most likely occluded?","A":"Left anterior descending artery","B":"Right coronary artery","C":"Left main coronary artery","D":"First diagonal branch","answer":"B"}'::VARCHAR, '985cf859d5b42708a78aded5865430d0'::VARCHAR);
INSERT INTO raw_questions VALUES ('a5b772eb2755c8da'::VARCHAR, '9987f7720851e985'::VARCHAR, 'mmlu'::VARCHAR, 'dev'::VARCHAR, 'train'::VARCHAR, 'mmlu/dev/college_medicine_dev.csv'::VARCHAR, '1'::BIGINT, NULL, 'Long-chain fatty acids cross the inner mitochondrial membrane bound to'::VARCHAR, NULL, '[albumin., ubiquinone., carnitine., cholesterol.]'::VARCHAR[], 'C'::VARCHAR, 'carnitine.'::VARCHAR, '4'::BIGINT, 'college_medicine'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Long-chain fatty acids cross the inner mitochondrial membrane bound to","A":"albumin.","B":"ubiquinone.","C":"carnitine.","D":"cholesterol.","answer":"C"}'::VARCHAR, 'e02c1ce754f41cb7b50762e9e21fa8c1'::VARCHAR);
INSERT INTO raw_questions VALUES ('ab1f9f0b5fe712bb'::VARCHAR, '02ae3515d6fe40da'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/anatomy_val.csv'::VARCHAR, '2'::BIGINT, NULL, 'The spleen lies'::VARCHAR, NULL, '[''behind the stomach, under the left ribs 9 to 11.'', ''behind the liver, under the right ribs 9 to 11.'', in front of the transverse colon., in the pelvis.]'::VARCHAR[], 'A'::VARCHAR, 'behind the stomach, under the left ribs 9 to 11.'::VARCHAR, '4'::BIGINT, 'anatomy'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"The spleen lies","A":"behind the stomach, under the left ribs 9 to 11.","B":"behind the liver, under the right ribs 9 to 11.","C":"in front of the transverse colon.","D":"in the pelvis.","answer":"A"}'::VARCHAR, 'c6ed33e220cfa12e3f608294d3e1e5b8'::VARCHAR);
INSERT INTO raw_questions VALUES ('b175d0ec2a1a8824'::VARCHAR, 'c16f1594ec5221a9'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/anatomy_val.csv'::VARCHAR, '1'::BIGINT, NULL, 'Which of the following structures passes through the foramen ovale of the skull?'::VARCHAR, NULL, '[Middle meningeal artery, Internal carotid artery, Mandibular nerve, Maxillary nerve]'::VARCHAR[], 'C'::VARCHAR, 'Mandibular nerve'::VARCHAR, '4'::BIGINT, 'anatomy'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which of the following structures passes through the foramen ovale of the skull?","A":"Middle meningeal artery","B":"Internal carotid artery","C":"Mandibular nerve","D":"Maxillary nerve","answer":"C"}'::VARCHAR, '66efb4764b945f9423423b1feae06ab7'::VARCHAR);
INSERT INTO raw_questions VALUES ('c93cf6c757b9cd22'::VARCHAR, '81451025a1d4b91b'::VARCHAR, 'mmlu'::VARCHAR, 'dev'::VARCHAR, 'train'::VARCHAR, 'mmlu/dev/anatomy_dev.csv'::VARCHAR, '1'::BIGINT, NULL, 'Which cranial nerve supplies the lateral rectus muscle of the eye?'::VARCHAR, NULL, '[Optic, Oculomotor, Trochlear, Abducens]'::VARCHAR[], 'D'::VARCHAR, 'Abducens'::VARCHAR, '4'::BIGINT, 'anatomy'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Which cranial nerve supplies the lateral rectus muscle of the eye?","A":"Optic","B":"Oculomotor","C":"Trochlear","D":"Abducens","answer":"D"}'::VARCHAR, '60208f1373e356c6414594f687333ee8'::VARCHAR);
INSERT INTO raw_questions VALUES ('da0b8df43795200e'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/college_biology_val.csv'::VARCHAR, '1'::BIGINT, NULL, 'Crossing over between homologous chromosomes takes place in'::VARCHAR, NULL, '[prophase I of meiosis., metaphase II of meiosis., anaphase of mitosis., telophase I of meiosis.]'::VARCHAR[], 'A'::VARCHAR, 'prophase I of meiosis.'::VARCHAR, '4'::BIGINT, 'college_biology'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Crossing over between homologous chromosomes takes place in","A":"prophase I of meiosis.","B":"metaphase II of meiosis.","C":"anaphase of mitosis.","D":"telophase I of meiosis.","answer":"A"}'::VARCHAR, 'c04ec0306b4f40c1095a3cffab9492d8'::VARCHAR);
INSERT INTO raw_questions VALUES ('dc460e43d7744e7c'::VARCHAR, 'eabe3a8050731f04'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/clinical_knowledge_val.csv'::VARCHAR, '2'::BIGINT, NULL, 'Kussmaul breathing, deep and fast, is a sign of'::VARCHAR, NULL, '[metabolic acidosis., metabolic alkalosis., opioid poisoning., ''anaemia, and of no other condition.'']'::VARCHAR[], 'A'::VARCHAR, 'metabolic acidosis.'::VARCHAR, '4'::BIGINT, 'clinical_knowledge'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Kussmaul breathing, deep and fast, is a sign of","A":"metabolic acidosis.","B":"metabolic alkalosis.","C":"opioid poisoning.","D":"anaemia, and of no other condition.","answer":"A"}'::VARCHAR, '4e6389a8c101b2e58c35cd4170aec631'::VARCHAR);
INSERT INTO raw_questions VALUES ('dfcfdcfe6b098ba5'::VARCHAR, 'a57071910581638e'::VARCHAR, 'mmlu'::VARCHAR, 'dev'::VARCHAR, 'train'::VARCHAR, 'mmlu/dev/college_biology_dev.csv'::VARCHAR, '1'::BIGINT, NULL, 'In a eukaryotic cell, the enzymes of the citric acid cycle are mostly found in'::VARCHAR, NULL, '[the nucleus., the mitochondrial matrix., the Golgi apparatus., the rough endoplasmic reticulum.]'::VARCHAR[], 'B'::VARCHAR, 'the mitochondrial matrix.'::VARCHAR, '4'::BIGINT, 'college_biology'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"In a eukaryotic cell, the enzymes of the citric acid cycle are mostly found in","A":"the nucleus.","B":"the mitochondrial matrix.","C":"the Golgi apparatus.","D":"the rough endoplasmic reticulum.","answer":"B"}'::VARCHAR, '8fd54fa2ab2869de9102f55afdb90724'::VARCHAR);
INSERT INTO raw_questions VALUES ('f94956a35b8c5242'::VARCHAR, '9eae89f079500f1c'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/medical_genetics_val.csv'::VARCHAR, '1'::BIGINT, NULL, 'Both parents of a healthy woman are carriers of an autosomal recessive disease; her brother has the disease. What is the chance that she is a carrier?'::VARCHAR, NULL, '[1/4, 1/3, 1/2, 2/3]'::VARCHAR[], 'D'::VARCHAR, '2/3'::VARCHAR, '4'::BIGINT, 'medical_genetics'::VARCHAR, 'en'::VARCHAR, NULL, 'MIT'::VARCHAR, 'false'::BOOLEAN, '{"question":"Both parents of a healthy woman are carriers of an autosomal recessive disease; her brother has the disease. What is the chance that she is a carrier?","A":"1/4","B":"1/3","C":"1/2","D":"2/3","answer":"D"}'::VARCHAR, 'b517726124c1307bb5f5494395aa6603'::VARCHAR);
CREATE TABLE reasoning_paths(path_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, generator VARCHAR NOT NULL, "sample" BIGINT NOT NULL, stage VARCHAR NOT NULL, temperature DOUBLE NOT NULL, top_p DOUBLE, seed BIGINT, max_tokens BIGINT NOT NULL, error_kind VARCHAR, is_missing BOOLEAN NOT NULL, raw_text VARCHAR, reasoning_text VARCHAR, answer_text VARCHAR, path_text VARCHAR, answer_letter VARCHAR, extraction_rule VARCHAR, content_hash VARCHAR, outcome VARCHAR, outcome_detail VARCHAR, call_keys VARCHAR[] NOT NULL, model VARCHAR, revision VARCHAR, served_model VARCHAR, system_fingerprint VARCHAR, provider_kind VARCHAR, prompt_hash VARCHAR, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, attempts BIGINT NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO reasoning_paths VALUES ('368ac1cbda3d90f3'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, '2'::BIGINT, 'generated'::VARCHAR, '0.9'::DOUBLE, '0.9'::DOUBLE, '20260103'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '## Thinking

Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of telophase I of meiosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about telophase I of meiosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for telophase I of meiosis. It explains some of it. It does not explain the rest.
If it were anaphase of mitosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way. Wait, let me read the question again before I settle on anything. Going through the letters once more, prophase I of meiosis keeps coming out ahead.
The detail "Crossing over between homologous chromosomes takes place" is the one that convinces me. I could still be wrong about telophase I of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.

## Final Response

1. What is asked
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

2. Key details
- "Crossing over between homologous chromosomes takes place": the term has a fixed meaning, and the answer hangs on it.

3. Each option
A. prophase I of meiosis: Measured against "Crossing over between homologous chromosomes takes place", this is accurate, so it stays in.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. C falls away, because it does not meet the point that decides the question.

5. What is left
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of telophase I of meiosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about telophase I of meiosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for telophase I of meiosis. It explains some of it. It does not explain the rest.
If it were anaphase of mitosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way. Wait, let me read the question again before I settle on anything. Going through the letters once more, prophase I of meiosis keeps coming out ahead.
The detail "Crossing over between homologous chromosomes takes place" is the one that convinces me. I could still be wrong about telophase I of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.'::VARCHAR, '1. What is asked
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

2. Key details
- "Crossing over between homologous chromosomes takes place": the term has a fixed meaning, and the answer hangs on it.

3. Each option
A. prophase I of meiosis: Measured against "Crossing over between homologous chromosomes takes place", this is accurate, so it stays in.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. C falls away, because it does not meet the point that decides the question.

5. What is left
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, '1. What is asked
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

2. Key details
- "Crossing over between homologous chromosomes takes place": the term has a fixed meaning, and the answer hangs on it.

3. Each option
A. prophase I of meiosis: Measured against "Crossing over between homologous chromosomes takes place", this is accurate, so it stays in.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. C falls away, because it does not meet the point that decides the question.

5. What is left
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, '4a87c0f742174e9b'::VARCHAR, 'completed'::VARCHAR, NULL, '[241ed922a37401e841643d7b1c08ee9a]'::VARCHAR[], 'simulated/huatuogpt-o1-70b'::VARCHAR, '1'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '595'::BIGINT, NULL, '1'::BIGINT, '723d1f951cebc6a0ce392b194be5bcda'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('4e13a9d84abc8822'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, '2'::BIGINT, 'generated'::VARCHAR, '0.9'::DOUBLE, '0.9'::DOUBLE, '20260103'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, 'Step 1. Restate
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B falls away, because it does not meet the point that decides the question. Against D speaks "Crossing over between homologous chromosomes takes place".

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, NULL, 'Step 1. Restate
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B falls away, because it does not meet the point that decides the question. Against D speaks "Crossing over between homologous chromosomes takes place".

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Step 1. Restate
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B falls away, because it does not meet the point that decides the question. Against D speaks "Crossing over between homologous chromosomes takes place".

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, 'ba0d9e769170ae3d'::VARCHAR, 'completed'::VARCHAR, NULL, '[cff5dbdee23c0d77156824baddce797c]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '316'::BIGINT, NULL, '1'::BIGINT, 'ebd1dc8aeab8b5985649cbdff94cbd12'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('77c0bb4ee55dff61'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, '3'::BIGINT, 'generated'::VARCHAR, '1.0'::DOUBLE, '0.9'::DOUBLE, '20260104'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '## Thinking

Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of metaphase II of meiosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about metaphase II of meiosis? It would be neat, but I am not sure that it covers everything. Wait, let me read the question again before I settle on anything.
The detail "Crossing over between homologous chromosomes takes place" is the one that convinces me. I could still be wrong about metaphase II of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.

## Final Response

Step 1. Restating the question
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

Step 4. Elimination
With C one would have to ignore part of what is stated, so it is out. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of metaphase II of meiosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about metaphase II of meiosis? It would be neat, but I am not sure that it covers everything. Wait, let me read the question again before I settle on anything.
The detail "Crossing over between homologous chromosomes takes place" is the one that convinces me. I could still be wrong about metaphase II of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.'::VARCHAR, 'Step 1. Restating the question
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

Step 4. Elimination
With C one would have to ignore part of what is stated, so it is out. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Step 1. Restating the question
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

Step 4. Elimination
With C one would have to ignore part of what is stated, so it is out. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, 'a1413d89d458a947'::VARCHAR, 'completed'::VARCHAR, NULL, '[a4e09495a0cedbe220ba5057acba5a37]'::VARCHAR[], 'simulated/huatuogpt-o1-70b'::VARCHAR, '1'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '541'::BIGINT, NULL, '1'::BIGINT, 'db8abd921c9595f51725b0d920156db5'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('794bb9b31908a369'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, '2'::BIGINT, 'generated'::VARCHAR, '0.9'::DOUBLE, '0.9'::DOUBLE, '20260103'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '<think>
Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of telophase I of meiosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about anaphase of mitosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for telophase I of meiosis. It explains some of it. It does not explain the rest.
If it were telophase I of meiosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way. Wait, let me read the question again before I settle on anything. Going through the letters once more, prophase I of meiosis keeps coming out ahead.
The detail "Crossing over between homologous chromosomes takes place" is the one that convinces me. I could still be wrong about telophase I of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.
</think>

**Step 1: Restate**
We are asked "Crossing over between homologous chromosomes takes place in". What counts is which of the statements on offer is the accurate one.

**Step 2: Findings**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: This confuses two neighbouring concepts and so misses the point of the question.

**Step 4: Rule out**
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. Against C speaks "Crossing over between homologous chromosomes takes place".

**Step 5: Compare**
What is left is prophase I of meiosis against telophase I of meiosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

**Step 6: Conclude**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of telophase I of meiosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about anaphase of mitosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for telophase I of meiosis. It explains some of it. It does not explain the rest.
If it were telophase I of meiosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way. Wait, let me read the question again before I settle on anything. Going through the letters once more, prophase I of meiosis keeps coming out ahead.
The detail "Crossing over between homologous chromosomes takes place" is the one that convinces me. I could still be wrong about telophase I of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.'::VARCHAR, '**Step 1: Restate**
We are asked "Crossing over between homologous chromosomes takes place in". What counts is which of the statements on offer is the accurate one.

**Step 2: Findings**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: This confuses two neighbouring concepts and so misses the point of the question.

**Step 4: Rule out**
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. Against C speaks "Crossing over between homologous chromosomes takes place".

**Step 5: Compare**
What is left is prophase I of meiosis against telophase I of meiosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

**Step 6: Conclude**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, '**Step 1: Restate**
We are asked "Crossing over between homologous chromosomes takes place in". What counts is which of the statements on offer is the accurate one.

**Step 2: Findings**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: This confuses two neighbouring concepts and so misses the point of the question.

**Step 4: Rule out**
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. Against C speaks "Crossing over between homologous chromosomes takes place".

**Step 5: Compare**
What is left is prophase I of meiosis against telophase I of meiosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

**Step 6: Conclude**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, '6307ce99bf61832c'::VARCHAR, 'completed'::VARCHAR, NULL, '[1cb538830b9291415a0120b360f7cee3]'::VARCHAR[], 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, '1'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '585'::BIGINT, NULL, '1'::BIGINT, '98327576d1d9c3cbc3417d1e8c1e7b65'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('8c1e31fc313bdd41'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, '1'::BIGINT, 'generated'::VARCHAR, '0.7'::DOUBLE, '0.9'::DOUBLE, '20260102'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '<think>
Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of telophase I of meiosis at once, but let me not jump.
What about anaphase of mitosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for telophase I of meiosis. It explains some of it. It does not explain the rest. If it were metaphase II of meiosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way.
I could still be wrong about telophase I of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.
</think>

Step 1. Restating the question
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: Plausible by name, yet it describes something else.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

Step 4. Elimination
With B one would have to ignore part of what is stated, so it is out. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

Step 6. Conclusion
I therefore choose prophase I of meiosis. It is the one option that agrees with everything stated.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of telophase I of meiosis at once, but let me not jump.
What about anaphase of mitosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for telophase I of meiosis. It explains some of it. It does not explain the rest. If it were metaphase II of meiosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way.
I could still be wrong about telophase I of meiosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.'::VARCHAR, 'Step 1. Restating the question
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: Plausible by name, yet it describes something else.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

Step 4. Elimination
With B one would have to ignore part of what is stated, so it is out. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

Step 6. Conclusion
I therefore choose prophase I of meiosis. It is the one option that agrees with everything stated.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Step 1. Restating the question
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: Plausible by name, yet it describes something else.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

Step 4. Elimination
With B one would have to ignore part of what is stated, so it is out. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

Step 6. Conclusion
I therefore choose prophase I of meiosis. It is the one option that agrees with everything stated.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, '52ba407c7eca2b87'::VARCHAR, 'completed'::VARCHAR, NULL, '[e7a0be4d6424c31bb97fd45b8a106df1]'::VARCHAR[], 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, '1'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '512'::BIGINT, NULL, '1'::BIGINT, '57a9e5ace53adbf9741df9095dea6271'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('b24f950ac0871348'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, '3'::BIGINT, 'generated'::VARCHAR, '1.0'::DOUBLE, '0.9'::DOUBLE, '20260104'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '<think>
Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of anaphase of mitosis at once, but let me not jump.
What about telophase I of meiosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for anaphase of mitosis. It explains some of it. It does not explain the rest. If it were anaphase of mitosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way.
Going through the letters once more, prophase I of meiosis keeps coming out ahead. I could still be wrong about anaphase of mitosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.
</think>

Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of anaphase of mitosis at once, but let me not jump.
What about telophase I of meiosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for anaphase of mitosis. It explains some of it. It does not explain the rest. If it were anaphase of mitosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way.
Going through the letters once more, prophase I of meiosis keeps coming out ahead. I could still be wrong about anaphase of mitosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.'::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, '465e5cd48a965e5c'::VARCHAR, 'completed'::VARCHAR, NULL, '[755ee879a8de0a60c9cf581d96501b93]'::VARCHAR[], 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, '1'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '526'::BIGINT, NULL, '1'::BIGINT, 'e0a4057767dd54f88a467505f048ba47'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('bd331f8b35c99d03'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, '1'::BIGINT, 'generated'::VARCHAR, '0.7'::DOUBLE, '0.9'::DOUBLE, '20260102'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '**Step 1: Restating the question**
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

**Step 2: Details that matter**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Weighing the options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: True in another context perhaps; it does not answer what is asked here.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Elimination**
B falls away, because it does not meet the point that decides the question. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

**Step 5: Comparison**
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

**Step 6: Conclusion**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, NULL, '**Step 1: Restating the question**
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

**Step 2: Details that matter**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Weighing the options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: True in another context perhaps; it does not answer what is asked here.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Elimination**
B falls away, because it does not meet the point that decides the question. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

**Step 5: Comparison**
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

**Step 6: Conclusion**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, '**Step 1: Restating the question**
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

**Step 2: Details that matter**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Weighing the options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: True in another context perhaps; it does not answer what is asked here.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Elimination**
B falls away, because it does not meet the point that decides the question. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

**Step 5: Comparison**
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

**Step 6: Conclusion**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, 'e5c4168c635f1123'::VARCHAR, 'completed'::VARCHAR, NULL, '[97ca3c329380f5e5a21a5604c9ddb305]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '328'::BIGINT, NULL, '1'::BIGINT, 'e1e170f4e66ec13696a597587e484d1c'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('ce94d0f2e03b531d'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, '1'::BIGINT, 'generated'::VARCHAR, '0.7'::DOUBLE, '0.9'::DOUBLE, '20260102'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '## Thinking

Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of anaphase of mitosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about metaphase II of meiosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for anaphase of mitosis. It explains some of it. It does not explain the rest.
If it were anaphase of mitosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way. I could still be wrong about anaphase of mitosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.

## Final Response

1. What is asked
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

2. Key details
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

3. Each option
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
With B one would have to ignore part of what is stated, so it is out. D falls away, because it does not meet the point that decides the question.

5. What is left
What is left is prophase I of meiosis against anaphase of mitosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

6. Conclusion
So the best answer is prophase I of meiosis: it fits what is asked, and each of the other options fails on at least one point.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'Okay, let me go through this slowly. The question is "Crossing over between homologous chromosomes takes place in". Let me first see what I am given. So there is "Crossing over between homologous chromosomes takes place". That makes me think of anaphase of mitosis at once, but let me not jump.
Then "Crossing over between homologous chromosomes takes place". Hmm, how does that go together with the first impression? What about metaphase II of meiosis? It would be neat, but I am not sure that it covers everything. Let me try to argue for anaphase of mitosis. It explains some of it. It does not explain the rest.
If it were anaphase of mitosis, I would not expect "Crossing over between homologous chromosomes takes place" in quite this way. I could still be wrong about anaphase of mitosis, so let me check it from the other side. All right, prophase I of meiosis it is; now I should set it out in order.'::VARCHAR, '1. What is asked
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

2. Key details
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

3. Each option
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
With B one would have to ignore part of what is stated, so it is out. D falls away, because it does not meet the point that decides the question.

5. What is left
What is left is prophase I of meiosis against anaphase of mitosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

6. Conclusion
So the best answer is prophase I of meiosis: it fits what is asked, and each of the other options fails on at least one point.

Final answer: A. prophase I of meiosis.'::VARCHAR, '1. What is asked
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

2. Key details
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

3. Each option
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
With B one would have to ignore part of what is stated, so it is out. D falls away, because it does not meet the point that decides the question.

5. What is left
What is left is prophase I of meiosis against anaphase of mitosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

6. Conclusion
So the best answer is prophase I of meiosis: it fits what is asked, and each of the other options fails on at least one point.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, '3d5a499a363e76b5'::VARCHAR, 'completed'::VARCHAR, NULL, '[7aabec0a58b22107cb53992a79edc924]'::VARCHAR[], 'simulated/huatuogpt-o1-70b'::VARCHAR, '1'::VARCHAR, 'simulated/huatuogpt-o1-70b'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '547'::BIGINT, NULL, '1'::BIGINT, '2adf39f1d17549321780f8b22cc8f222'::VARCHAR);
INSERT INTO reasoning_paths VALUES ('fa6f5b39cd639a75'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, '3'::BIGINT, 'generated'::VARCHAR, '1.0'::DOUBLE, '0.9'::DOUBLE, '20260104'::BIGINT, '8192'::BIGINT, NULL, 'false'::BOOLEAN, '**Step 1: What is asked**
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

**Step 2: Key details**
- "Crossing over between homologous chromosomes takes place": the wording leaves little room for exceptions.

**Step 3: Each option**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Ruled out**
C is the weakest candidate on the evidence given. With D one would have to ignore part of what is stated, so it is out.

**Step 5: What is left**
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

**Step 6: Conclusion**
Taken together, "Crossing over between homologous chromosomes takes place" and the process of elimination lead to prophase I of meiosis.

Final answer: A. prophase I of meiosis.'::VARCHAR, NULL, '**Step 1: What is asked**
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

**Step 2: Key details**
- "Crossing over between homologous chromosomes takes place": the wording leaves little room for exceptions.

**Step 3: Each option**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Ruled out**
C is the weakest candidate on the evidence given. With D one would have to ignore part of what is stated, so it is out.

**Step 5: What is left**
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

**Step 6: Conclusion**
Taken together, "Crossing over between homologous chromosomes takes place" and the process of elimination lead to prophase I of meiosis.

Final answer: A. prophase I of meiosis.'::VARCHAR, '**Step 1: What is asked**
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

**Step 2: Key details**
- "Crossing over between homologous chromosomes takes place": the wording leaves little room for exceptions.

**Step 3: Each option**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Ruled out**
C is the weakest candidate on the evidence given. With D one would have to ignore part of what is stated, so it is out.

**Step 5: What is left**
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

**Step 6: Conclusion**
Taken together, "Crossing over between homologous chromosomes takes place" and the process of elimination lead to prophase I of meiosis.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'final_answer'::VARCHAR, 'c4c7eac4983a8adb'::VARCHAR, 'completed'::VARCHAR, NULL, '[f330446bd6a8fec16c070366cccca156]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '79ddb1e050eb6ff6'::VARCHAR, 'stop'::VARCHAR, '283'::BIGINT, '313'::BIGINT, NULL, '1'::BIGINT, '3c9f20d2000a9a4bb3e055bd603da86b'::VARCHAR);
CREATE TABLE reasonmed(example_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, tier VARCHAR NOT NULL, slot BIGINT NOT NULL, path_id VARCHAR NOT NULL, stage VARCHAR NOT NULL, parent_path_id VARCHAR, generator VARCHAR, model VARCHAR NOT NULL, path_text VARCHAR NOT NULL, answer_letter VARCHAR NOT NULL, gold_letter VARCHAR NOT NULL, content_hash VARCHAR NOT NULL, group_id VARCHAR NOT NULL, fold VARCHAR NOT NULL, split_role VARCHAR NOT NULL, licence VARCHAR NOT NULL, override_note VARCHAR, is_label_doubt BOOLEAN NOT NULL, provider_kind VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO reasonmed VALUES ('1d21b343543fe880'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'easy'::VARCHAR, '2'::BIGINT, '8c1e31fc313bdd41'::VARCHAR, 'generated'::VARCHAR, NULL, 'deepseek'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'Step 1. Restating the question
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: Plausible by name, yet it describes something else.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

Step 4. Elimination
With B one would have to ignore part of what is stated, so it is out. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

Step 6. Conclusion
I therefore choose prophase I of meiosis. It is the one option that agrees with everything stated.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'A'::VARCHAR, '52ba407c7eca2b87'::VARCHAR, 'da0b8df43795200e'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'MIT'::VARCHAR, NULL, 'false'::BOOLEAN, 'simulated'::VARCHAR, 'c51d979888fbf541a5858180cc2fbc28'::VARCHAR);
INSERT INTO reasonmed VALUES ('de5b3f75249f4c3c'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'easy'::VARCHAR, '1'::BIGINT, 'b24f950ac0871348'::VARCHAR, 'generated'::VARCHAR, NULL, 'deepseek'::VARCHAR, 'simulated/deepseek-r1-distill-llama-70b'::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'A'::VARCHAR, 'A'::VARCHAR, '465e5cd48a965e5c'::VARCHAR, 'da0b8df43795200e'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'MIT'::VARCHAR, NULL, 'false'::BOOLEAN, 'simulated'::VARCHAR, 'd1976d825028b0c8664ecb9f3eb89cf0'::VARCHAR);
CREATE TABLE refined_paths(path_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, tier VARCHAR NOT NULL, stage VARCHAR NOT NULL, slot BIGINT NOT NULL, round BIGINT NOT NULL, parent_path_id VARCHAR, error_kind VARCHAR, is_missing BOOLEAN NOT NULL, raw_text VARCHAR, reasoning_text VARCHAR, path_text VARCHAR, supports_key BOOLEAN, answer_letter VARCHAR, extraction_rule VARCHAR, content_hash VARCHAR, verdict VARCHAR, verdict_reason VARCHAR, verifier_outcome VARCHAR, is_answer_match BOOLEAN, is_correct BOOLEAN, leak_phrases VARCHAR[] NOT NULL, is_accepted BOOLEAN NOT NULL, rejection VARCHAR, outcome VARCHAR, outcome_detail VARCHAR, call_keys VARCHAR[] NOT NULL, model VARCHAR, revision VARCHAR, served_model VARCHAR, system_fingerprint VARCHAR, provider_kind VARCHAR, prompt_hash VARCHAR, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, attempts BIGINT NOT NULL, row_hash VARCHAR NOT NULL);
CREATE TABLE rejected_questions(raw_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, split VARCHAR NOT NULL, split_role VARCHAR NOT NULL, file VARCHAR NOT NULL, "row" BIGINT NOT NULL, reason VARCHAR NOT NULL, detail VARCHAR NOT NULL, other_raw_id VARCHAR, raw_text VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO rejected_questions VALUES ('9034d41df9b095eb'::VARCHAR, 'mmlu'::VARCHAR, 'val'::VARCHAR, 'train'::VARCHAR, 'mmlu/val/college_medicine_val.csv'::VARCHAR, '1'::BIGINT, 'contaminated'::VARCHAR, 'mmlu test, mmlu/test/college_biology_test.csv row 1: Which enzyme catalyses the main rate-limiting step of glycolysis?'::VARCHAR, '5294d36ca91fefc5'::VARCHAR, '{"question":"Which enzyme catalyses the main rate-limiting step of glycolysis?","A":"Hexokinase","B":"Pyruvate kinase","C":"Aldolase","D":"Phosphofructokinase-1","answer":"D"}'::VARCHAR, 'fb00d5b51822bb37434e3321f56ce352'::VARCHAR);
CREATE TABLE reviews(review_id VARCHAR NOT NULL, file VARCHAR NOT NULL, "row" BIGINT NOT NULL, example_id VARCHAR, content_hash VARCHAR, question_id VARCHAR, "source" VARCHAR, tier VARCHAR, reviewer VARCHAR, key_verdict VARCHAR, reasoning_verdict VARCHAR, answer_verdict VARCHAR, "comment" VARCHAR, problem VARCHAR, is_stale BOOLEAN, is_current BOOLEAN NOT NULL, raw_text VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
CREATE TABLE sft_cot(example_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, instruction VARCHAR NOT NULL, "input" VARCHAR NOT NULL, output VARCHAR NOT NULL, fold VARCHAR NOT NULL, split_role VARCHAR NOT NULL, provider_kind VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO sft_cot VALUES ('1d21b343543fe880'::VARCHAR, 'mmlu'::VARCHAR, 'Crossing over between homologous chromosomes takes place in

A. prophase I of meiosis.
B. metaphase II of meiosis.
C. anaphase of mitosis.
D. telophase I of meiosis.'::VARCHAR, ''::VARCHAR, 'Step 1. Restating the question
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: Plausible by name, yet it describes something else.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

Step 4. Elimination
With B one would have to ignore part of what is stated, so it is out. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

Step 6. Conclusion
I therefore choose prophase I of meiosis. It is the one option that agrees with everything stated.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'simulated'::VARCHAR, '0b931e4ccc89be8131efe7a746d03125'::VARCHAR);
INSERT INTO sft_cot VALUES ('de5b3f75249f4c3c'::VARCHAR, 'mmlu'::VARCHAR, 'Crossing over between homologous chromosomes takes place in

A. prophase I of meiosis.
B. metaphase II of meiosis.
C. anaphase of mitosis.
D. telophase I of meiosis.'::VARCHAR, ''::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'simulated'::VARCHAR, '4a40e944b401d98d3d8a5ca57ff75b0d'::VARCHAR);
CREATE TABLE sft_reasonmed(example_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, instruction VARCHAR NOT NULL, "input" VARCHAR NOT NULL, output VARCHAR NOT NULL, fold VARCHAR NOT NULL, split_role VARCHAR NOT NULL, provider_kind VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO sft_reasonmed VALUES ('1d21b343543fe880'::VARCHAR, 'mmlu'::VARCHAR, 'Crossing over between homologous chromosomes takes place in

A. prophase I of meiosis.
B. metaphase II of meiosis.
C. anaphase of mitosis.
D. telophase I of meiosis.'::VARCHAR, ''::VARCHAR, 'Step 1. Restating the question
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: Plausible by name, yet it describes something else.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

Step 4. Elimination
With B one would have to ignore part of what is stated, so it is out. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

Step 6. Conclusion
I therefore choose prophase I of meiosis. It is the one option that agrees with everything stated.

Final answer: A. prophase I of meiosis.

Reading "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" together, the choice falls on prophase I of meiosis. telophase I of meiosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'simulated'::VARCHAR, '8024fb2b8ea27219299888b29cd69650'::VARCHAR);
INSERT INTO sft_reasonmed VALUES ('de5b3f75249f4c3c'::VARCHAR, 'mmlu'::VARCHAR, 'Crossing over between homologous chromosomes takes place in

A. prophase I of meiosis.
B. metaphase II of meiosis.
C. anaphase of mitosis.
D. telophase I of meiosis.'::VARCHAR, ''::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.

The option that meets what is asked is prophase I of meiosis; the wording leaves no better one. anaphase of mitosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'simulated'::VARCHAR, '605e6466dd6985565cd2d6a31fcf8416'::VARCHAR);
CREATE TABLE sft_response(example_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, instruction VARCHAR NOT NULL, "input" VARCHAR NOT NULL, output VARCHAR NOT NULL, fold VARCHAR NOT NULL, split_role VARCHAR NOT NULL, provider_kind VARCHAR NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO sft_response VALUES ('1d21b343543fe880'::VARCHAR, 'mmlu'::VARCHAR, 'Crossing over between homologous chromosomes takes place in

A. prophase I of meiosis.
B. metaphase II of meiosis.
C. anaphase of mitosis.
D. telophase I of meiosis.'::VARCHAR, ''::VARCHAR, 'Reading "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" together, the choice falls on prophase I of meiosis. telophase I of meiosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'simulated'::VARCHAR, '3659d04d2e7ffd938a486a792e9c2dd2'::VARCHAR);
INSERT INTO sft_response VALUES ('de5b3f75249f4c3c'::VARCHAR, 'mmlu'::VARCHAR, 'Crossing over between homologous chromosomes takes place in

A. prophase I of meiosis.
B. metaphase II of meiosis.
C. anaphase of mitosis.
D. telophase I of meiosis.'::VARCHAR, ''::VARCHAR, 'The option that meets what is asked is prophase I of meiosis; the wording leaves no better one. anaphase of mitosis comes closest, but it explains only a part of the findings and has to give way.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'train'::VARCHAR, 'train'::VARCHAR, 'simulated'::VARCHAR, 'e9ba654309e3303ffce3895b6d719d76'::VARCHAR);
CREATE TABLE verifications(path_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, generator VARCHAR NOT NULL, path_error_kind VARCHAR, is_path_missing BOOLEAN NOT NULL, answer_letter VARCHAR, is_answer_match BOOLEAN, verdict VARCHAR, n_votes BIGINT NOT NULL, n_votes_correct BIGINT NOT NULL, is_correct BOOLEAN, reason VARCHAR, outcome VARCHAR, outcome_detail VARCHAR, call_keys VARCHAR[] NOT NULL, model VARCHAR, revision VARCHAR, served_model VARCHAR, system_fingerprint VARCHAR, provider_kind VARCHAR, prompt_hash VARCHAR, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, attempts BIGINT NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO verifications VALUES ('368ac1cbda3d90f3'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'It identifies the deciding points, above all "Crossing over between homologous chromosomes takes place", and its steps lead to A without a gap.'::VARCHAR, 'completed'::VARCHAR, NULL, '[7bd3b0d479e16a237ffa32cb5b4333e4]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '30'::BIGINT, NULL, '1'::BIGINT, 'bb791d47a0680253bd3320774d0a2546'::VARCHAR);
INSERT INTO verifications VALUES ('4e13a9d84abc8822'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'The reasoning picks up "Crossing over between homologous chromosomes takes place", weighs every option and reaches A for a sound reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[285fd7da81a755e5232dfc7f8d8e434d]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, 'ad00e810b1bd2ab5a290d94bf5d5d923'::VARCHAR);
INSERT INTO verifications VALUES ('77c0bb4ee55dff61'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'The reasoning picks up "Crossing over between homologous chromosomes takes place", weighs every option and reaches A for a sound reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[6057b7047b64d96b87467b1e68d9ebe1]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '571'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '94a4a644566440ace61a1a1bbf3430df'::VARCHAR);
INSERT INTO verifications VALUES ('794bb9b31908a369'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'error'::VARCHAR, '1'::BIGINT, '0'::BIGINT, 'false'::BOOLEAN, 'It passes over "Crossing over between homologous chromosomes takes place", on which the question turns, and arrives at A by chance.'::VARCHAR, 'completed'::VARCHAR, NULL, '[cd424e17de4c5746eeeee40526e44956]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '549'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '8d0713790faf5f7bbcf354eec90b3b53'::VARCHAR);
INSERT INTO verifications VALUES ('8c1e31fc313bdd41'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'The reasoning picks up "Crossing over between homologous chromosomes takes place", weighs every option and reaches A for a sound reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[53886ac1a69a0a00df9fc9f1fbb806c6]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '3ffa4544984edce6ecaf931c0eb5d670'::VARCHAR);
INSERT INTO verifications VALUES ('b24f950ac0871348'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'All options are considered and the conclusion, A, follows from what is stated.'::VARCHAR, 'completed'::VARCHAR, NULL, '[6bf2fe337671179c0a4284c70854d77d]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '17'::BIGINT, NULL, '1'::BIGINT, 'b1779525dcce5e6a108d943ba84fb8ae'::VARCHAR);
INSERT INTO verifications VALUES ('bd331f8b35c99d03'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'The reasoning picks up "Crossing over between homologous chromosomes takes place", weighs every option and reaches A for a sound reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[d40ba68b800d33fed609f38e18dcda98]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '564'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '7b59f25c4d255f76725e87e23e6ae87a'::VARCHAR);
INSERT INTO verifications VALUES ('ce94d0f2e03b531d'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'It identifies the deciding points, above all "Crossing over between homologous chromosomes takes place", and its steps lead to A without a gap.'::VARCHAR, 'completed'::VARCHAR, NULL, '[e9edc6bc0c867623e83ca56cb0bf8b71]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '562'::BIGINT, '30'::BIGINT, NULL, '1'::BIGINT, '8f36b9e70ab34e082e9fd21064b52333'::VARCHAR);
INSERT INTO verifications VALUES ('fa6f5b39cd639a75'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, NULL, 'false'::BOOLEAN, 'A'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, '1'::BIGINT, '1'::BIGINT, 'true'::BOOLEAN, 'It identifies the deciding points, above all "Crossing over between homologous chromosomes takes place", and its steps lead to A without a gap.'::VARCHAR, 'completed'::VARCHAR, NULL, '[ddfded7d3e0fc4a043427785c578f5bd]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '550'::BIGINT, '30'::BIGINT, NULL, '1'::BIGINT, '207bbf849bb2f2190f08ce189612fe32'::VARCHAR);
CREATE TABLE verifier_audit(audit_id VARCHAR NOT NULL, path_id VARCHAR NOT NULL, question_id VARCHAR NOT NULL, "source" VARCHAR NOT NULL, generator VARCHAR NOT NULL, kind VARCHAR NOT NULL, judged_text VARCHAR NOT NULL, content_hash VARCHAR NOT NULL, text_before VARCHAR, text_after VARCHAR, is_answer_match BOOLEAN, first_verdict VARCHAR NOT NULL, expected_verdict VARCHAR NOT NULL, second_verdict VARCHAR, reason VARCHAR, outcome VARCHAR, outcome_detail VARCHAR, call_keys VARCHAR[] NOT NULL, model VARCHAR, revision VARCHAR, served_model VARCHAR, system_fingerprint VARCHAR, provider_kind VARCHAR, prompt_hash VARCHAR, finish_reason VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT, reasoning_tokens BIGINT, attempts BIGINT NOT NULL, row_hash VARCHAR NOT NULL);
INSERT INTO verifier_audit VALUES ('0f57bc39b06e42d8'::VARCHAR, 'b24f950ac0871348'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, 'answer_swapped'::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: D. telophase I of meiosis.'::VARCHAR, '0e9633dcfd0bf1ac'::VARCHAR, 'Final answer: A. prophase I of meiosis.'::VARCHAR, 'Final answer: D. telophase I of meiosis.'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, 'error'::VARCHAR, 'error'::VARCHAR, 'telophase I of meiosis explains only part of the question; prophase I of meiosis is dismissed without a valid reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[d5c5578941c0ad7281faa9e9024eb44d]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '26'::BIGINT, NULL, '1'::BIGINT, 'aafef1ce48e7db3d559cb448bdf3f0af'::VARCHAR);
INSERT INTO verifier_audit VALUES ('10e143ac4418f153'::VARCHAR, '77c0bb4ee55dff61'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, 'repeat'::VARCHAR, 'Step 1. Restating the question
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

Step 4. Elimination
With C one would have to ignore part of what is stated, so it is out. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'a1413d89d458a947'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'correct'::VARCHAR, 'The reasoning picks up "Crossing over between homologous chromosomes takes place", weighs every option and reaches A for a sound reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[a630033da799638026223f52f5390d10]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '571'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '547a850d2f80520e51f0561f6fcfd155'::VARCHAR);
INSERT INTO verifier_audit VALUES ('22d47f98f35e70e0'::VARCHAR, '794bb9b31908a369'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, 'repeat'::VARCHAR, '**Step 1: Restate**
We are asked "Crossing over between homologous chromosomes takes place in". What counts is which of the statements on offer is the accurate one.

**Step 2: Findings**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: True in another context perhaps; it does not answer what is asked here.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: This confuses two neighbouring concepts and so misses the point of the question.

**Step 4: Rule out**
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. Against C speaks "Crossing over between homologous chromosomes takes place".

**Step 5: Compare**
What is left is prophase I of meiosis against telophase I of meiosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

**Step 6: Conclude**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, '6307ce99bf61832c'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'error'::VARCHAR, 'error'::VARCHAR, 'error'::VARCHAR, 'It passes over "Crossing over between homologous chromosomes takes place", on which the question turns, and arrives at A by chance.'::VARCHAR, 'completed'::VARCHAR, NULL, '[b418f3c3dfb1825776c9e16dd91393c8]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '549'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '6e3f667d2a528147c5c9e9848a24483b'::VARCHAR);
INSERT INTO verifier_audit VALUES ('3d3b416d58eb3d6b'::VARCHAR, 'bd331f8b35c99d03'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'answer_swapped'::VARCHAR, '**Step 1: Restating the question**
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

**Step 2: Details that matter**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Weighing the options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: True in another context perhaps; it does not answer what is asked here.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Elimination**
B falls away, because it does not meet the point that decides the question. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

**Step 5: Comparison**
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

**Step 6: Conclusion**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: C. anaphase of mitosis.'::VARCHAR, 'a0b24c0c5049d1d1'::VARCHAR, 'Final answer: A. prophase I of meiosis.'::VARCHAR, 'Final answer: C. anaphase of mitosis.'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, 'error'::VARCHAR, 'error'::VARCHAR, 'The step to C is not supported: "Crossing over between homologous chromosomes takes place" points to prophase I of meiosis instead.'::VARCHAR, 'completed'::VARCHAR, NULL, '[fdf32bd4f28395da05afab9187e9230d]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '563'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '65be4883aa85ed21db0cc2d2635e741d'::VARCHAR);
INSERT INTO verifier_audit VALUES ('44399880d3e975dd'::VARCHAR, 'b24f950ac0871348'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, 'repeat'::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, '465e5cd48a965e5c'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'correct'::VARCHAR, 'It identifies the deciding points, above all "Crossing over between homologous chromosomes takes place", and its steps lead to A without a gap.'::VARCHAR, 'completed'::VARCHAR, NULL, '[354ed00ca7635002ef4fd9424151b233]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '30'::BIGINT, NULL, '1'::BIGINT, '8616cecff5071b431ecdbbad9ef79d15'::VARCHAR);
INSERT INTO verifier_audit VALUES ('5688c7f76d023563'::VARCHAR, '4e13a9d84abc8822'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'repeat'::VARCHAR, 'Step 1. Restate
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B falls away, because it does not meet the point that decides the question. Against D speaks "Crossing over between homologous chromosomes takes place".

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'ba0d9e769170ae3d'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'correct'::VARCHAR, 'All options are considered and the conclusion, A, follows from what is stated.'::VARCHAR, 'completed'::VARCHAR, NULL, '[1e34663ef5ced052f94612c4704aa937]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '17'::BIGINT, NULL, '1'::BIGINT, '0c603665740e3952ff479e689d421c49'::VARCHAR);
INSERT INTO verifier_audit VALUES ('67b82af4d1d23e0c'::VARCHAR, 'bd331f8b35c99d03'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'repeat'::VARCHAR, '**Step 1: Restating the question**
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

**Step 2: Details that matter**
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

**Step 3: Weighing the options**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: True in another context perhaps; it does not answer what is asked here.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Elimination**
B falls away, because it does not meet the point that decides the question. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

**Step 5: Comparison**
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

**Step 6: Conclusion**
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'e5c4168c635f1123'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'correct'::VARCHAR, 'All options are considered and the conclusion, A, follows from what is stated.'::VARCHAR, 'completed'::VARCHAR, NULL, '[089a472e28fa033cc292a197a2806086]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '564'::BIGINT, '17'::BIGINT, NULL, '1'::BIGINT, 'd4de000342d99a50414a0ca4ce62a8eb'::VARCHAR);
INSERT INTO verifier_audit VALUES ('9b5f5128e7ca361d'::VARCHAR, '368ac1cbda3d90f3'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, 'repeat'::VARCHAR, '1. What is asked
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

2. Key details
- "Crossing over between homologous chromosomes takes place": the term has a fixed meaning, and the answer hangs on it.

3. Each option
A. prophase I of meiosis: Measured against "Crossing over between homologous chromosomes takes place", this is accurate, so it stays in.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
I drop B as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it. C falls away, because it does not meet the point that decides the question.

5. What is left
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

6. Conclusion
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, '4a87c0f742174e9b'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'error'::VARCHAR, 'The conclusion is A, but the step about "Crossing over between homologous chromosomes takes place" does not follow from what is stated.'::VARCHAR, 'completed'::VARCHAR, NULL, '[bad1217055fe4b44cfe0c82aca5f491f]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '29'::BIGINT, NULL, '1'::BIGINT, '0a7af8566a9252a1fe20fae898912958'::VARCHAR);
INSERT INTO verifier_audit VALUES ('c61b6b0fe808d75d'::VARCHAR, '8c1e31fc313bdd41'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, 'repeat'::VARCHAR, 'Step 1. Restating the question
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

Step 2. Details that matter
- "Crossing over between homologous chromosomes takes place": it limits the question to one structure, process or drug.

Step 3. Weighing the options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: Plausible by name, yet it describes something else.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

Step 4. Elimination
With B one would have to ignore part of what is stated, so it is out. I drop C as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Comparison
Between prophase I of meiosis and telophase I of meiosis I ask which one I would still defend if "Crossing over between homologous chromosomes takes place" were the only thing I knew. That is prophase I of meiosis.

Step 6. Conclusion
I therefore choose prophase I of meiosis. It is the one option that agrees with everything stated.

Final answer: A. prophase I of meiosis.'::VARCHAR, '52ba407c7eca2b87'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'correct'::VARCHAR, 'It identifies the deciding points, above all "Crossing over between homologous chromosomes takes place", and its steps lead to A without a gap.'::VARCHAR, 'completed'::VARCHAR, NULL, '[01035cb7d4a55227456e36f17ad60b85]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '30'::BIGINT, NULL, '1'::BIGINT, '3466c54be59e3247fe2d404d679175f1'::VARCHAR);
INSERT INTO verifier_audit VALUES ('daa6c581194756da'::VARCHAR, 'ce94d0f2e03b531d'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, 'repeat'::VARCHAR, '1. What is asked
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

2. Key details
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

3. Each option
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
With B one would have to ignore part of what is stated, so it is out. D falls away, because it does not meet the point that decides the question.

5. What is left
What is left is prophase I of meiosis against anaphase of mitosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

6. Conclusion
So the best answer is prophase I of meiosis: it fits what is asked, and each of the other options fails on at least one point.

Final answer: A. prophase I of meiosis.'::VARCHAR, '3d5a499a363e76b5'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'correct'::VARCHAR, 'It identifies the deciding points, above all "Crossing over between homologous chromosomes takes place", and its steps lead to A without a gap.'::VARCHAR, 'completed'::VARCHAR, NULL, '[fca2869fc2c61d307fe68ebb6f2e5135]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '562'::BIGINT, '30'::BIGINT, NULL, '1'::BIGINT, 'aa4e6416728fd85ac86f4e2833e3f77e'::VARCHAR);
INSERT INTO verifier_audit VALUES ('e0fb84ff7a43fcb9'::VARCHAR, 'ce94d0f2e03b531d'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'huatuo'::VARCHAR, 'negation_changed'::VARCHAR, '1. What is asked
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

2. Key details
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

3. Each option
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: This confuses two neighbouring concepts and so misses the point of the question.
D. telophase I of meiosis: True in another context perhaps; it does not answer what is asked here.

4. Ruled out
With B one would have to ignore part of what is stated, so it is out. D falls away, because it does meet the point that decides the question.

5. What is left
What is left is prophase I of meiosis against anaphase of mitosis. The difference is "Crossing over between homologous chromosomes takes place": it is explained by the former without strain and by the latter only with additional assumptions.

6. Conclusion
So the best answer is prophase I of meiosis: it fits what is asked, and each of the other options fails on at least one point.

Final answer: A. prophase I of meiosis.'::VARCHAR, '398d16bc7bce3019'::VARCHAR, 'With B one would have to ignore part of what is stated, so it is out. D falls away, because it does not meet the point that decides the question.'::VARCHAR, 'With B one would have to ignore part of what is stated, so it is out. D falls away, because it does meet the point that decides the question.'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, 'error'::VARCHAR, 'error'::VARCHAR, 'A is reached by elimination although one option is set aside without a valid reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[71bdd837834b6840e779d712a540b045]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '560'::BIGINT, '20'::BIGINT, NULL, '1'::BIGINT, '0e603ac94807f6e2443bd8c6b83317d7'::VARCHAR);
INSERT INTO verifier_audit VALUES ('e2f895090d31f14d'::VARCHAR, '4e13a9d84abc8822'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'answer_swapped'::VARCHAR, 'Step 1. Restate
This is a direct question: "Crossing over between homologous chromosomes takes place in". I go back to the underlying anatomy, physiology or pharmacology and test every option against it.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: It matches the defining feature that the question names, without any qualification.
B. metaphase II of meiosis: It holds only in part, and a partly right statement is not the best answer.
C. anaphase of mitosis: It is related to the topic, but it is not what "Crossing over between homologous chromosomes takes place" refers to.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B falls away, because it does not meet the point that decides the question. Against D speaks "Crossing over between homologous chromosomes takes place".

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: B. metaphase II of meiosis.'::VARCHAR, '0e7f52ac415736fa'::VARCHAR, 'Final answer: A. prophase I of meiosis.'::VARCHAR, 'Final answer: B. metaphase II of meiosis.'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, 'error'::VARCHAR, 'error'::VARCHAR, 'The comparison at the end prefers metaphase II of meiosis over prophase I of meiosis although "Crossing over between homologous chromosomes takes place" decides against it.'::VARCHAR, 'completed'::VARCHAR, NULL, '[8d67d3570848c921e5fb8d727a8e0ed9]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '552'::BIGINT, '34'::BIGINT, NULL, '1'::BIGINT, '161b5e5fb7417a9873e40c32efab2e6d'::VARCHAR);
INSERT INTO verifier_audit VALUES ('e898f5adbdc88aa8'::VARCHAR, 'b24f950ac0871348'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'deepseek'::VARCHAR, 'negation_changed'::VARCHAR, 'Step 1. Restate
The question asks for a piece of established knowledge: "Crossing over between homologous chromosomes takes place in". There is no case to interpret, so precision of wording matters.

Step 2. Findings
- "Crossing over between homologous chromosomes takes place": this is what the options have to be measured against.

Step 3. Options
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is not worded.
B. metaphase II of meiosis: This confuses two neighbouring concepts and so misses the point of the question.
C. anaphase of mitosis: It holds only in part, and a partly right statement is not the best answer.
D. telophase I of meiosis: Plausible by name, yet it describes something else.

Step 4. Rule out
B goes next, since something essential would be missing. I drop D as well: "Crossing over between homologous chromosomes takes place" is hard to reconcile with it.

Step 5. Compare
The real contest is between prophase I of meiosis and anaphase of mitosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

Step 6. Conclude
In short: prophase I of meiosis remains when the options that do not fit are removed, and it also stands by itself.

Final answer: A. prophase I of meiosis.'::VARCHAR, '4451bece215d0f39'::VARCHAR, 'A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.'::VARCHAR, 'A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is not worded.'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, 'error'::VARCHAR, 'error'::VARCHAR, 'A is reached by elimination although one option is set aside without a valid reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[b4fce550fde87da2943d99ad12a5c26a]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '554'::BIGINT, '20'::BIGINT, NULL, '1'::BIGINT, 'a0adfc41aee1dbedec41b1c5471dd9f4'::VARCHAR);
INSERT INTO verifier_audit VALUES ('f83feb7ea4cf355b'::VARCHAR, 'fa6f5b39cd639a75'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'repeat'::VARCHAR, '**Step 1: What is asked**
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

**Step 2: Key details**
- "Crossing over between homologous chromosomes takes place": the wording leaves little room for exceptions.

**Step 3: Each option**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Ruled out**
C is the weakest candidate on the evidence given. With D one would have to ignore part of what is stated, so it is out.

**Step 5: What is left**
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

**Step 6: Conclusion**
Taken together, "Crossing over between homologous chromosomes takes place" and the process of elimination lead to prophase I of meiosis.

Final answer: A. prophase I of meiosis.'::VARCHAR, 'c4c7eac4983a8adb'::VARCHAR, NULL, NULL, 'true'::BOOLEAN, 'correct'::VARCHAR, 'correct'::VARCHAR, 'correct'::VARCHAR, 'It identifies the deciding points, above all "Crossing over between homologous chromosomes takes place", and its steps lead to A without a gap.'::VARCHAR, 'completed'::VARCHAR, NULL, '[da5605ff1cd7010abcb452af167ff8cf]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '550'::BIGINT, '30'::BIGINT, NULL, '1'::BIGINT, '939ad3efba45df4aa8648fcc4890bbe7'::VARCHAR);
INSERT INTO verifier_audit VALUES ('fee616a35b58248c'::VARCHAR, 'fa6f5b39cd639a75'::VARCHAR, '427c20e1eaf14788'::VARCHAR, 'mmlu'::VARCHAR, 'qwen'::VARCHAR, 'negation_changed'::VARCHAR, '**Step 1: What is not asked**
In other words, the point at issue is "Crossing over between homologous chromosomes takes place in", and exactly one option settles it.

**Step 2: Key details**
- "Crossing over between homologous chromosomes takes place": the wording leaves little room for exceptions.

**Step 3: Each option**
A. prophase I of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
B. metaphase II of meiosis: This agrees with what is established about the subject and answers the question as it is worded.
C. anaphase of mitosis: Plausible by name, yet it describes something else.
D. telophase I of meiosis: It holds only in part, and a partly right statement is not the best answer.

**Step 4: Ruled out**
C is the weakest candidate on the evidence given. With D one would have to ignore part of what is stated, so it is out.

**Step 5: What is left**
The real contest is between prophase I of meiosis and metaphase II of meiosis. Both have something for them, but when "Crossing over between homologous chromosomes takes place" and "Crossing over between homologous chromosomes takes place" are read together the balance tips to the former.

**Step 6: Conclusion**
Taken together, "Crossing over between homologous chromosomes takes place" and the process of elimination lead to prophase I of meiosis.

Final answer: A. prophase I of meiosis.'::VARCHAR, '6fe0e985dff110bb'::VARCHAR, '**Step 1: What is asked**'::VARCHAR, '**Step 1: What is not asked**'::VARCHAR, 'true'::BOOLEAN, 'correct'::VARCHAR, 'error'::VARCHAR, 'correct'::VARCHAR, 'The reasoning picks up "Crossing over between homologous chromosomes takes place", weighs every option and reaches A for a sound reason.'::VARCHAR, 'completed'::VARCHAR, NULL, '[f31689875d0cc1a050fdd59c94c1404c]'::VARCHAR[], 'simulated/qwen2.5-72b-instruct'::VARCHAR, '1'::VARCHAR, 'simulated/qwen2.5-72b-instruct'::VARCHAR, 'rehearsal-1'::VARCHAR, 'simulated'::VARCHAR, '69addd38f7c8a646'::VARCHAR, 'stop'::VARCHAR, '551'::BIGINT, '27'::BIGINT, NULL, '1'::BIGINT, '41bf451564a81ec6e93d517cf9f92906'::VARCHAR);
